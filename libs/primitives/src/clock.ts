/** Time as the libs may know it; a test passes its own. */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01 UTC. For display and for rows, never for durations. */
  now(): number;
  /** Monotonic, milliseconds with fractions. For durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
};
