import type { LossRows } from './loss-rows.js';
import { type RankFrontOptions, rankFront } from './rank-front.js';

/**
 * The row a person gets who states no further wish: the first of `rankFront`.
 *
 * @returns Its index, or undefined when no row is feasible. @throws {RangeError} as `rankFront`.
 */
export function chooseBest(losses: LossRows, options: RankFrontOptions = {}): number | undefined {
  return rankFront(losses, options)[0]?.index;
}
