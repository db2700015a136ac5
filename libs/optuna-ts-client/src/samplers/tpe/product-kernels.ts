import type { ContinuousKernels, DiscreteKernels, KernelColumn } from './kernel-column.js';
import { logSumExp } from './log-sum-exp.js';
import { type MergedDiscrete, mergeDiscrete } from './merge-discrete.js';

/** Kernels that are taken at a time. */
export const BLOCK = 128;

/** Factors up to which sums of products stay far from the ends of what a float holds. */
const HIGHEST = 1e100;

/** What is needed of a row of values to sum over the kernels. */
export interface RowRatios {
  readonly row: readonly number[];
  /** By merged column and code. */
  readonly tables: readonly Float64Array[];
  /** ln of what every kernel's share is a multiple of. */
  readonly logScale: number;
}

/** Of the block that is summed: nobody else reads them. */
const factors = new Float64Array(BLOCK);
const falls = new Float64Array(BLOCK);

interface PlacedContinuous {
  readonly place: number;
  readonly kernels: ContinuousKernels;
}

/**
 * Weighted products of one kernel per column, the prior's last, each as a multiple of the prior's: that reaches
 * everywhere, so no sum with it in is 0.
 */
export class ProductKernels {
  /** How many, with the prior. */
  readonly count: number;
  readonly #columns: readonly KernelColumn[];
  readonly #logWeights: (kernel: number) => number;
  readonly #discrete: readonly MergedDiscrete[];
  readonly #continuous: readonly PlacedContinuous[];
  /** By kernel, weight and peaks as multiples of the prior's. */
  readonly #heights: Float64Array;
  #highest = 0;
  /** ln of the prior's weight and peaks. */
  readonly #logPrior: number;

  /** @param weights One per kernel, the prior's last. @param logWeights The same, however small. */
  constructor(columns: readonly KernelColumn[], weights: Float64Array, logWeights: (kernel: number) => number) {
    this.count = weights.length;
    this.#columns = columns;
    this.#logWeights = logWeights;
    const discrete: { place: number; kernels: DiscreteKernels }[] = [];
    const continuous: PlacedContinuous[] = [];
    for (const [place, kernels] of columns.entries()) {
      if (kernels.kind === 'discrete') discrete.push({ place, kernels });
      else continuous.push({ place, kernels });
    }
    this.#discrete = mergeDiscrete(discrete);
    this.#continuous = continuous;
    const prior = this.count - 1;
    this.#logPrior = continuous.reduce((sum, { kernels }) => sum + kernels.logPeak(prior), logWeights(prior));
    this.#heights = heightsOf(weights, continuous);
    for (let kernel = 0; kernel < this.count; kernel++) {
      const height = this.#heights[kernel];
      if (!(height <= this.#highest)) this.#highest = height;
    }
  }

  /** Undefined where the sum could leave the range of floats: ask for `logDensity`. */
  at(row: readonly number[]): RowRatios | undefined {
    const tables: Float64Array[] = [];
    let logDiscrete = 0;
    for (const column of this.#discrete) {
      const { ratios, logPrior } = column.at(row);
      tables.push(ratios);
      logDiscrete += logPrior;
    }
    // No probability is above 1, and the prior falls by at most 1/8 towards the ends of a range: what a kernel can be as
    // a multiple of the prior.
    const highest = this.#highest * Math.exp(this.#continuous.length / 8 - logDiscrete);
    if (!(highest <= HIGHEST)) return undefined;
    return { row, tables, logScale: this.#logPrior + logDiscrete };
  }

  /** The sum of `count` kernels, at most `BLOCK`, from kernel `first` on, as a multiple of `logScale`. */
  sum({ row, tables }: RowRatios, first: number, count: number): number {
    multiply(this.#heights, first, count, this.#discrete[0]?.codes, tables[0], this.#discrete[1]?.codes, tables[1]);
    for (let group = 2; group < tables.length; group++) {
      const { codes } = this.#discrete[group];
      const table = tables[group];
      for (let index = 0; index < count; index++) factors[index] *= table[codes[first + index]];
    }
    const last = this.#continuous.length - 1;
    if (last < 0) return sumOfFactors(count);
    if (last > 0) falls.fill(0, 0, count);
    for (let column = 0; column < last; column++) {
      const { place, kernels } = this.#continuous[column];
      kernels.addFalls(row[place], first, count, falls);
    }
    const { place, kernels } = this.#continuous[last];
    return kernels.weighedFalls(row[place], first, count, factors, last > 0 ? falls : undefined);
  }

  /** ln of the density of all kernels at a row, however high or low each is. */
  logDensity(row: readonly number[]): number {
    const terms = Float64Array.from({ length: this.count }, (_, kernel) => this.#logWeights(kernel));
    for (const [place, column] of this.#columns.entries()) addLogDensities(terms, column, row[place]);
    return logSumExp(terms);
  }
}

/** Adds ln of the density of every kernel at an internal number. */
export function addLogDensities(sums: Float64Array, column: KernelColumn, value: number): void {
  if (column.kind === 'discrete') {
    const table = column.logProbabilities(value);
    for (let kernel = 0; kernel < sums.length; kernel++) sums[kernel] += table[column.codes[kernel]];
  } else {
    const depths = new Float64Array(sums.length);
    column.addFalls(value, 0, depths.length, depths);
    for (let kernel = 0; kernel < sums.length; kernel++) sums[kernel] += column.logPeak(kernel) - depths[kernel];
  }
}

function heightsOf(weights: Float64Array, continuous: readonly PlacedContinuous[]): Float64Array {
  const prior = weights[weights.length - 1];
  const heights = new Float64Array(weights.length);
  for (let kernel = 0; kernel < heights.length; kernel++) heights[kernel] = weights[kernel] / prior;
  for (const { kernels } of continuous) {
    const { peaks } = kernels;
    for (let kernel = 0; kernel < heights.length; kernel++) heights[kernel] *= peaks[kernel];
  }
  return heights;
}

/** Writes the factors of a block: heights, and what up to two columns make of them. */
function multiply(
  heights: Float64Array,
  first: number,
  count: number,
  codes: Int32Array | undefined,
  table: Float64Array | undefined,
  otherCodes: Int32Array | undefined,
  otherTable: Float64Array | undefined,
): void {
  if (codes === undefined || table === undefined) {
    for (let index = 0; index < count; index++) factors[index] = heights[first + index];
  } else if (otherCodes === undefined || otherTable === undefined) {
    for (let index = 0; index < count; index++) factors[index] = heights[first + index] * table[codes[first + index]];
  } else {
    for (let index = 0, kernel = first; index < count; index++, kernel++) {
      factors[index] = heights[kernel] * table[codes[kernel]] * otherTable[otherCodes[kernel]];
    }
  }
}

function sumOfFactors(count: number): number {
  let total = 0;
  for (let index = 0; index < count; index++) total += factors[index];
  return total;
}
