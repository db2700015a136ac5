/** A curve as the best value so far, larger is better. */
export interface LearningProgress {
  /** Rising, at least one. */
  readonly steps: readonly number[];
  /** One per step, never falling. */
  readonly best: readonly number[];
}

/** @returns Undefined where no value is finite; others are left out. */
export function learningProgress(curve: ReadonlyMap<number, number>, maximize: boolean): LearningProgress | undefined {
  const steps = [...curve.keys()].filter((step) => Number.isFinite(curve.get(step))).sort((a, b) => a - b);
  if (steps.length === 0) return undefined;
  let highest = Number.NEGATIVE_INFINITY;
  const best = steps.map((step) => {
    const value = curve.get(step)!;
    highest = Math.max(highest, maximize ? value : -value);
    return highest;
  });
  return { steps, best };
}

/** The best value up to a step; undefined before the first report. */
export function bestUpTo({ steps, best }: LearningProgress, step: number): number | undefined {
  let last: number | undefined;
  for (let index = 0; index < steps.length && steps[index] <= step; index++) last = best[index];
  return last;
}

/**
 * How much more a curve gains in the steps to come, if its gain per step goes on decreasing as it did of late: what it
 * gained in its last window of steps, times the ratio to the window before, times that again … A gain that did not decrease
 * goes on as it is: a slow starter. Exact for `end − c·e^(−step/τ)`.
 *
 * @param steps How many. @returns >= 0; undefined while fewer than three reports tell of no decrease.
 */
export function gainAhead(progress: LearningProgress, steps: number): number | undefined {
  if (progress.steps.length < 3) return undefined;
  if (steps <= 0) return 0;
  const first = progress.steps[0];
  const last = progress.steps[progress.steps.length - 1];
  const window = Math.max(1, Math.min(MAX_WINDOW, Math.floor((last - first) / 2)));
  const [now, before, earlier] = [0, 1, 2].map((back) => bestUpTo(progress, last - back * window) ?? progress.best[0]);
  const gain = now - before;
  if (gain <= 0) return 0;
  const ratio = Math.min(1, gain / (before - earlier));
  const windows = steps / window;
  return ratio === 1 ? gain * windows : (gain * ratio * (1 - ratio ** windows)) / (1 - ratio);
}

/** Steps that a gain is averaged over at the most. */
const MAX_WINDOW = 5;

/**
 * The standard deviation of a value about the line through its neighbours: how much of a curve is chance.
 *
 * @param curves Step → value. @returns 0 where no three reports in a row are finite.
 */
export function noiseOf(curves: Iterable<ReadonlyMap<number, number>>): number {
  const bends: number[] = [];
  for (const curve of curves) {
    const values = [...curve].sort(([a], [b]) => a - b).map(([, value]) => value);
    for (let index = 2; index < values.length; index++) {
      const bend = Math.abs(values[index] - 2 * values[index - 1] + values[index - 2]);
      if (Number.isFinite(bend)) bends.push(bend);
    }
  }
  if (bends.length === 0) return 0;
  const median = Float64Array.from(bends).sort()[bends.length >> 1];
  // The median of |N(0, 6σ²)|: half the bends of pure noise are smaller.
  return median / (0.6744897501960817 * Math.sqrt(6));
}
