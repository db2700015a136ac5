import type { Rng } from '#primitives';
import type { BandwidthRule } from './bandwidths.js';
import { CategoricalColumn } from './categorical-column.js';
import { ContinuousColumn } from './continuous-column.js';
import { GridColumn } from './grid-column.js';
import { GrowingDensity } from './growing-density.js';
import type { KernelColumn, ObservedColumn } from './kernel-column.js';
import { cumulativeWeights, normalizedWeights } from './kernel-weights.js';
import { logSumExp } from './log-sum-exp.js';
import { addLogDensities, ProductKernels } from './product-kernels.js';

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

/**
 * A density over parameters: one product kernel per observation, and a broad prior that keeps everything possible.
 *
 * @see Bergstra et al. 2011 · optuna/samplers/_tpe/parzen_estimator.py, 5.0.0
 */
export class ParzenEstimator {
  readonly #columns: readonly KernelColumn[];
  readonly #kernels: ProductKernels;
  readonly #weights: Float64Array;
  /** Made for the first draw: most estimators only score. */
  #cumulative: Float64Array | undefined;

  /**
   * @param columns One per parameter, of n observations each; n may be 0.
   * @param weights n weights >= 0, on any scale that suits the prior's weight.
   */
  constructor(columns: readonly ObservedColumn[], weights: ArrayLike<number>, options: ParzenEstimatorOptions) {
    const { bandwidth, priorWeight, given = [] } = options;
    const dimensions = columns.length + given.length;
    const kernels = ({ distribution, values, order }: ObservedColumn): KernelColumn => {
      if (distribution.type === 'categorical') {
        return new CategoricalColumn(values, distribution.choices.length, priorWeight);
      }
      const input = { distribution, values, order, dimensions, rule: bandwidth };
      return distribution.step === null ? new ContinuousColumn(input) : new GridColumn(input);
    };
    this.#columns = columns.map(kernels);
    const own = normalizedWeights(weights, priorWeight);
    if (given.length === 0) {
      this.#weights = own;
      this.#kernels = new ProductKernels(this.#columns, own, (kernel) => Math.log(own[kernel]));
    } else {
      const logs = own.map(Math.log);
      for (const column of given) addLogDensities(logs, kernels(column), column.value);
      const total = logSumExp(logs);
      for (let kernel = 0; kernel < logs.length; kernel++) logs[kernel] -= total;
      this.#weights = logs.map(Math.exp);
      this.#kernels = new ProductKernels(this.#columns, this.#weights, (kernel) => logs[kernel]);
    }
  }

  /**
   * ln of the density at rows of internal numbers; per unit of ln x for continuous log ranges.
   *
   * @param rows Each with one number per parameter.
   */
  logDensities(rows: readonly (readonly number[])[]): Float64Array {
    const logs = new Float64Array(rows.length);
    for (const [index, row] of rows.entries()) {
      const density = this.densityAt(row);
      while (!density.isComplete) density.grow();
      logs[index] = density.log;
    }
    return logs;
  }

  /** The same at one row, nothing of it summed yet. */
  densityAt(row: readonly number[]): GrowingDensity {
    return new GrowingDensity(this.#kernels, row);
  }

  /** Draws a row: one kernel for all parameters, then each parameter from its side of it. */
  draw(rng: Rng): number[] {
    this.#cumulative ??= cumulativeWeights(this.#weights);
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
