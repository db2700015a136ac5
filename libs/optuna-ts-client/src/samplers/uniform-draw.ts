import type { Rng } from '#primitives';
import type { Distribution } from '../distributions/distribution.js';
import { cardinality, internalAt, onGrid } from '../distributions/internal-representation.js';

/**
 * Draws uniformly from a distribution: every choice and grid point equally likely, log ranges uniform in the
 * logarithm (an integer in proportion to the log width of [k − ½, k + ½]).
 *
 * @returns An internal number that the distribution contains.
 */
export function uniformDraw(distribution: Distribution, rng: Rng): number {
  const values = cardinality(distribution);
  if (distribution.type === 'categorical' || (!distribution.log && Number.isFinite(values))) {
    return internalAt(distribution, rng.integer(0, values));
  }
  const { type, low, high, log } = distribution;
  if (!log) return onGrid(distribution, low + rng.float() * (high - low));
  const half = type === 'int' ? 0.5 : 0;
  const from = Math.log(low - half);
  const to = Math.log(high + half);
  const drawn = Math.exp(from + rng.float() * (to - from));
  return onGrid(distribution, type === 'int' ? Math.round(drawn) : drawn);
}
