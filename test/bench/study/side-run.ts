/** A trial of one side that has ended. */
export interface EndedTrial {
  /** When it ended, seconds from the beginning of the search. */
  readonly second: number;
  /** What it took. */
  readonly trialSeconds: number;
  /** Only where COMPLETE there is a model. */
  readonly state: 'COMPLETE' | 'PRUNED' | 'FAIL';
  /** Why it is not COMPLETE, in words; empty where nobody says. */
  readonly why: string;
  readonly architecture: string;
  readonly retrainDepth: string;
  readonly learningRate: number;
  readonly epochs: number;
  /** Of the validation pictures, 0–1; null where it was not measured. */
  readonly accuracy: number | null;
  /** p95 of a batch as the side itself measured it, ms; null where it did not. */
  readonly latencyMs: number | null;
}

/** One search of one side. */
export interface SideRun {
  /** Its name in tables and files. */
  readonly side: string;
  readonly seed: number;
  /** In the order in which they ended. */
  readonly trials: readonly EndedTrial[];
  /** From its beginning to its end. */
  readonly seconds: number;
}
