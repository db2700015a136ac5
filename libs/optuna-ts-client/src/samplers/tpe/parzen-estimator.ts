import type { Rng } from '#primitives';
import type { BandwidthRule } from './bandwidths.js';
import { CategoricalColumn } from './categorical-column.js';
import type { KernelColumn, ObservedColumn } from './kernel-column.js';
import { NumericColumn } from './numeric-column.js';

/** How an estimator is built. */
export interface ParzenEstimatorOptions {
  readonly bandwidth: BandwidthRule;
  /** Weight of the prior kernel beside those of the observations; > 0. */
  readonly priorWeight: number;
  /** Parameters whose value is known: each kernel counts as much as it expects that value. @default none */
  readonly given?: readonly GivenColumn[];
}

/** A parameter that belongs to the kernels but is not asked for. */
export interface GivenColumn extends ObservedColumn {
  /** The internal number that it has. */
  readonly value: number;
}

/** Kernels this far below the highest, on a log scale, are lost in the rounding of a sum of millions. */
const NEGLIGIBLE = -60;

/**
 * A density over parameters: one product kernel per observation, and a broad prior that keeps everything possible.
 *
 * @see Bergstra et al. 2011 · optuna/samplers/_tpe/parzen_estimator.py, 5.0.0
 */
export class ParzenEstimator {
  readonly #columns: readonly KernelColumn[];
  readonly #logWeights: Float64Array;
  /** Made for the first draw: most estimators only score. */
  #cumulative: Float64Array | undefined;
  /** Room for the terms of one density. */
  readonly #sums: Float64Array;

  /**
   * @param columns One per parameter, of n observations each; n may be 0.
   * @param weights n weights >= 0, on any scale that suits the prior's weight.
   */
  constructor(columns: readonly ObservedColumn[], weights: ArrayLike<number>, options: ParzenEstimatorOptions) {
    const { bandwidth, priorWeight, given = [] } = options;
    const n = weights.length;
    const dimensions = columns.length + given.length;
    const kernels = ({ distribution, values, order }: ObservedColumn): KernelColumn =>
      distribution.type === 'categorical'
        ? new CategoricalColumn(values, distribution.choices.length, priorWeight)
        : new NumericColumn({ distribution, values, order, dimensions, rule: bandwidth });
    this.#columns = columns.map(kernels);
    this.#sums = new Float64Array(n + 1);
    this.#logWeights = new Float64Array(n + 1);
    let total = n === 0 ? 1 : priorWeight;
    for (let kernel = 0; kernel < n; kernel++) total += weights[kernel];
    for (let kernel = 0; kernel < n; kernel++) this.#logWeights[kernel] = Math.log(weights[kernel] / total);
    this.#logWeights[n] = n === 0 ? 0 : Math.log(priorWeight / total);
    if (given.length > 0) {
      for (const column of given) kernels(column).addLogDensities(column.value, this.#logWeights);
      const logTotal = logSumExp(this.#logWeights);
      for (let kernel = 0; kernel <= n; kernel++) this.#logWeights[kernel] -= logTotal;
    }
  }

  /** ln of the density at a row of internal numbers; per unit of ln x for continuous log ranges. */
  logDensity(row: readonly number[]): number {
    this.#sums.set(this.#logWeights);
    for (let dimension = 0; dimension < row.length; dimension++) {
      this.#columns[dimension].addLogDensities(row[dimension], this.#sums);
    }
    return logSumExp(this.#sums);
  }

  /** Draws a row: one kernel for all parameters, then each parameter from its side of it. */
  draw(rng: Rng): number[] {
    this.#cumulative ??= cumulativeWeights(this.#logWeights);
    const cumulative = this.#cumulative;
    const uniform = rng.float() * cumulative[cumulative.length - 1];
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > uniform) high = middle;
      else low = middle + 1;
    }
    return this.#columns.map((column) => column.draw(low, rng));
  }
}

function cumulativeWeights(logWeights: Float64Array): Float64Array {
  let sum = 0;
  return logWeights.map((logWeight) => {
    sum += Math.exp(logWeight);
    return sum;
  });
}

function logSumExp(terms: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < terms.length; index++) if (terms[index] > highest) highest = terms[index];
  if (highest === Number.NEGATIVE_INFINITY) return highest;
  let total = 0;
  for (let index = 0; index < terms.length; index++) {
    const distance = terms[index] - highest;
    if (distance > NEGLIGIBLE) total += Math.exp(distance);
  }
  return highest + Math.log(total);
}
