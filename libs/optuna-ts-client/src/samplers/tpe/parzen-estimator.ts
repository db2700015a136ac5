import type { Rng } from '#primitives';
import type { BandwidthRule } from './bandwidths.js';
import { CategoricalColumn } from './categorical-column.js';
import { ContinuousColumn } from './continuous-column.js';
import { GridColumn } from './grid-column.js';
import type { ContinuousKernels, DiscreteKernels, KernelColumn, ObservedColumn } from './kernel-column.js';
import { cumulativeWeights, normalizedLogs } from './kernel-weights.js';
import { logSumExp, sumOfExps } from './log-sum-exp.js';
import { type MergedDiscrete, mergeDiscrete } from './merge-discrete.js';

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

/** Columns of one kind, with their places in a row. */
interface Placed<Kernels> {
  readonly places: readonly number[];
  readonly kernels: Kernels;
}

/**
 * A density over parameters: one product kernel per observation, and a broad prior that keeps everything possible.
 *
 * @see Bergstra et al. 2011 · optuna/samplers/_tpe/parzen_estimator.py, 5.0.0
 */
export class ParzenEstimator {
  readonly #columns: readonly KernelColumn[];
  readonly #discrete: readonly Placed<MergedDiscrete>[];
  readonly #continuous: readonly Placed<ContinuousKernels>[];
  readonly #logWeights: Float64Array;
  /** By kernel, ln of its weight and of all that does not depend on where it is asked. */
  readonly #bases: Float64Array;
  readonly #terms = new Float64Array(BLOCK);
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
    const discrete = placed(
      this.#columns,
      (column): column is KernelColumn & DiscreteKernels => column.kind === 'discrete',
    );
    this.#discrete = mergeDiscrete(discrete.map((column) => column.kernels)).map((group) => ({
      places: group.columns.flatMap((index) => discrete[index].places),
      kernels: group.merged,
    }));
    this.#continuous = placed(
      this.#columns,
      (column): column is KernelColumn & ContinuousKernels => column.kind === 'continuous',
    );
    this.#logWeights = normalizedLogs(weights, priorWeight);
    for (const column of given) condition(this.#logWeights, kernels(column), column.value);
    if (given.length > 0) {
      const total = logSumExp(this.#logWeights);
      for (let kernel = 0; kernel < this.#logWeights.length; kernel++) this.#logWeights[kernel] -= total;
    }
    this.#bases = this.#logWeights.slice();
    for (const { kernels: column } of this.#continuous) addTo(this.#bases, column.peaks);
  }

  /**
   * ln of the density at rows of internal numbers; per unit of ln x for continuous log ranges.
   *
   * @param rows Each with one number per parameter.
   */
  logDensities(rows: readonly (readonly number[])[]): Float64Array {
    const kernels = this.#bases.length;
    const tables = rows.map((row) =>
      this.#discrete.map((column) => column.kernels.logProbabilities(column.places.map((place) => row[place]))),
    );
    // The prior is the yardstick: it reaches everywhere, so that sums of shares of it are never 0.
    const priors = Float64Array.from(rows, (row, index) => this.#termsOf(row, tables[index], kernels - 1, 1)[0]);
    const totals = new Float64Array(rows.length);
    const last = this.#continuous.at(-1);
    const others = this.#continuous.slice(0, -1);
    for (let first = 0; first < kernels; first += BLOCK) {
      const count = Math.min(BLOCK, kernels - first);
      for (let row = 0; row < rows.length; row++) {
        // The last column's part is added where the exponentials are taken, one pass less over the terms.
        const terms = this.#termsOf(rows[row], tables[row], first, count, others);
        totals[row] +=
          last === undefined
            ? sumOfExps(terms, priors[row], count)
            : last.kernels.sumOfExps(rows[row][last.places[0]], first, count, terms, priors[row]);
      }
    }
    return totals.map((total, row) => {
      if (total !== Number.POSITIVE_INFINITY) return priors[row] + Math.log(total);
      // Hundreds of narrow parameters at once: no yardstick but the highest kernel will do.
      const terms = new Float64Array(kernels);
      for (let kernel = 0; kernel < kernels; kernel++) {
        terms[kernel] = this.#termsOf(rows[row], tables[row], kernel, 1)[0];
      }
      return logSumExp(terms);
    });
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

  /** ln of weight times density of `count` kernels from `first` on; valid until the next call. */
  #termsOf(
    row: readonly number[],
    tables: readonly Float64Array[],
    first: number,
    count: number,
    continuous = this.#continuous,
  ): Float64Array {
    const terms = this.#terms;
    lookUp(terms, this.#bases, first, count, this.#discrete[0]?.kernels.codes, tables[0]);
    for (let group = 1; group < tables.length; group++) {
      const { codes } = this.#discrete[group].kernels;
      const table = tables[group];
      for (let index = 0; index < count; index++) terms[index] += table[codes[first + index]];
    }
    for (const { places, kernels } of continuous) kernels.addFalls(row[places[0]], first, count, terms);
    return terms;
  }
}

function lookUp(
  terms: Float64Array,
  bases: Float64Array,
  first: number,
  count: number,
  codes: Int32Array | undefined,
  table: Float64Array | undefined,
): void {
  if (codes === undefined || table === undefined) {
    for (let index = 0; index < count; index++) terms[index] = bases[first + index];
  } else {
    for (let index = 0; index < count; index++) terms[index] = bases[first + index] + table[codes[first + index]];
  }
}

function placed<Kernels extends KernelColumn>(
  columns: readonly KernelColumn[],
  isWanted: (column: KernelColumn) => column is Kernels,
): Placed<Kernels>[] {
  return columns.flatMap((kernels, place) => (isWanted(kernels) ? [{ places: [place], kernels }] : []));
}

function condition(logWeights: Float64Array, column: KernelColumn, value: number): void {
  if (column.kind === 'continuous') {
    addTo(logWeights, column.peaks);
    column.addFalls(value, 0, logWeights.length, logWeights);
  } else {
    const table = column.logProbabilities(value);
    for (let kernel = 0; kernel < logWeights.length; kernel++) logWeights[kernel] += table[column.codes[kernel]];
  }
}

function addTo(sums: Float64Array, terms: Float64Array): void {
  for (let index = 0; index < sums.length; index++) sums[index] += terms[index];
}
