import type { Rng } from '#primitives';
import type { BandwidthRule } from './bandwidths.js';
import { CategoricalColumn } from './categorical-column.js';
import { fastExp } from './fast-exp.js';
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

/** Kernels that are taken at a time: what they need of every column stays in the processor's first cache. */
const BLOCK = 512;

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
  readonly #terms = new Float64Array(BLOCK);

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
    this.#logWeights = new Float64Array(n + 1);
    let total = n === 0 ? 1 : priorWeight;
    for (let kernel = 0; kernel < n; kernel++) total += weights[kernel];
    for (let kernel = 0; kernel < n; kernel++) this.#logWeights[kernel] = Math.log(weights[kernel] / total);
    this.#logWeights[n] = n === 0 ? 0 : Math.log(priorWeight / total);
    if (given.length > 0) {
      for (const column of given) kernels(column).addLogDensities(column.value, 0, n + 1, this.#logWeights);
      const logTotal = logSumExp(this.#logWeights);
      for (let kernel = 0; kernel <= n; kernel++) this.#logWeights[kernel] -= logTotal;
    }
  }

  /**
   * ln of the density at rows of internal numbers; per unit of ln x for continuous log ranges.
   *
   * @param rows Each with one number per parameter.
   */
  logDensities(rows: readonly (readonly number[])[]): Float64Array {
    const kernels = this.#logWeights.length;
    // The prior is the yardstick: it reaches everywhere, so that sums of shares of it are never 0.
    const priors = Float64Array.from(rows, (row) => this.#termsOf(row, kernels - 1, 1)[0]);
    const totals = new Float64Array(rows.length);
    for (let first = 0; first < kernels; first += BLOCK) {
      const count = Math.min(BLOCK, kernels - first);
      for (let row = 0; row < rows.length; row++) {
        const terms = this.#termsOf(rows[row], first, count);
        const prior = priors[row];
        let total = 0;
        for (let index = 0; index < count; index++) total += fastExp(terms[index] - prior);
        totals[row] += total;
      }
    }
    return totals.map((total, row) => {
      if (total !== Number.POSITIVE_INFINITY) return priors[row] + Math.log(total);
      // Hundreds of narrow parameters at once: no yardstick but the highest kernel will do.
      const terms = new Float64Array(kernels);
      for (let kernel = 0; kernel < kernels; kernel++) terms[kernel] = this.#termsOf(rows[row], kernel, 1)[0];
      return logSumExp(terms);
    });
  }

  /** ln of weight times density of `count` kernels from `first` on; valid until the next call. */
  #termsOf(row: readonly number[], first: number, count: number): Float64Array {
    const terms = this.#terms;
    for (let index = 0; index < count; index++) terms[index] = this.#logWeights[first + index];
    for (let dimension = 0; dimension < row.length; dimension++) {
      this.#columns[dimension].addLogDensities(row[dimension], first, count, terms);
    }
    return terms;
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
  for (let index = 0; index < terms.length; index++) total += Math.exp(terms[index] - highest);
  return highest + Math.log(total);
}
