import type { Rng } from '#primitives';
import type { Distribution } from '../../distributions/distribution.js';
import type { BandwidthRule } from './bandwidths.js';
import { CategoricalColumn } from './categorical-column.js';
import type { KernelColumn } from './kernel-column.js';
import { NumericColumn } from './numeric-column.js';

/** How an estimator is built. */
export interface ParzenEstimatorOptions {
  readonly bandwidth: BandwidthRule;
  /** Weight of the prior kernel beside those of the observations; > 0. */
  readonly priorWeight: number;
}

/**
 * A density over parameters: one product kernel per observation, and a broad prior that keeps everything possible.
 *
 * @see Bergstra et al. 2011 · optuna/samplers/_tpe/parzen_estimator.py, 5.0.0
 */
export class ParzenEstimator {
  readonly #columns: readonly KernelColumn[];
  readonly #cumulative: Float64Array;
  readonly #logWeights: Float64Array;

  /**
   * @param observations n rows of one internal number per distribution; n may be 0.
   * @param weights n weights >= 0, on any scale that suits the prior's weight.
   */
  constructor(
    observations: readonly (readonly number[])[],
    distributions: readonly Distribution[],
    weights: ArrayLike<number>,
    { bandwidth, priorWeight }: ParzenEstimatorOptions,
  ) {
    const n = observations.length;
    this.#columns = distributions.map((distribution, dimension) => {
      const column = Float64Array.from(observations, (row) => row[dimension]);
      return distribution.type === 'categorical'
        ? new CategoricalColumn(column, distribution.choices.length, priorWeight)
        : new NumericColumn(column, distribution, distributions.length, bandwidth);
    });
    let total = n === 0 ? 1 : priorWeight;
    for (let kernel = 0; kernel < n; kernel++) total += weights[kernel];
    this.#logWeights = new Float64Array(n + 1);
    this.#cumulative = new Float64Array(n + 1);
    let sum = 0;
    for (let kernel = 0; kernel <= n; kernel++) {
      const weight = (kernel < n ? weights[kernel] : n === 0 ? 1 : priorWeight) / total;
      sum += weight;
      this.#logWeights[kernel] = Math.log(weight);
      this.#cumulative[kernel] = sum;
    }
  }

  /** ln of the density at a row of internal numbers; per unit of ln x for continuous log ranges. */
  logDensity(row: readonly number[]): number {
    const sums = this.#logWeights.slice();
    for (const [dimension, column] of this.#columns.entries()) column.addLogDensities(row[dimension], sums);
    let highest = Number.NEGATIVE_INFINITY;
    for (const sum of sums) if (sum > highest) highest = sum;
    if (highest === Number.NEGATIVE_INFINITY) return highest;
    let total = 0;
    for (const sum of sums) total += Math.exp(sum - highest);
    return highest + Math.log(total);
  }

  /** Draws a row: one kernel for all parameters, then each parameter from its side of it. */
  draw(rng: Rng): number[] {
    const uniform = rng.float() * this.#cumulative[this.#cumulative.length - 1];
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cumulative[middle] > uniform) high = middle;
      else low = middle + 1;
    }
    return this.#columns.map((column) => column.draw(low, rng));
  }
}
