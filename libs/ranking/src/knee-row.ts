import type { LossRows } from './loss-rows.js';
import { paretoFront } from './non-dominated-sort.js';

/**
 * The row where giving up a little of one objective no longer buys much of another: nearest to the ideal point, each
 * objective scaled to the range of the feasible front.
 *
 * @param violations n sums of constraint excess. @default all feasible
 * @returns Its index, ties to the smaller; undefined when no row is feasible. Infinite losses are passed over unless
 *   there is nothing else.
 * @throws {RangeError} if the rows differ in length. Cost: that of `paretoFront`.
 * @see Das 1999, doi:10.1007/BF01195985 (on characterizing the knee of the Pareto curve)
 */
export function kneeRow(losses: LossRows, violations?: readonly number[]): number | undefined {
  const front = paretoFront(losses, violations);
  const finite = front.filter((index) => losses[index].every(Number.isFinite));
  const members = finite.length > 0 ? finite : front;
  let best: number | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  const ranges = losses[members[0]]?.map((_, objective) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const index of members) {
      low = Math.min(low, losses[index][objective]);
      high = Math.max(high, losses[index][objective]);
    }
    return [low, high] as const;
  });
  for (const index of members) {
    const scaled = losses[index].map((loss, objective) => {
      const [low, high] = ranges![objective];
      return high > low ? (loss - low) / (high - low) : 0;
    });
    const distance = Math.hypot(...scaled);
    if (best === undefined || distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  }
  return best;
}
