import type { DiscreteKernels } from './kernel-column.js';

/** Discrete columns as one: what a row of values needs is then looked up once for each kernel. */
export interface MergedDiscrete {
  readonly codes: Int32Array;
  /** ln of the probability of the values, one per column, by code. */
  logProbabilities(values: readonly number[]): Float64Array;
}

/** A table is worth making for this many kernels that look into it. */
const KERNELS_PER_ENTRY = 4;

/**
 * Merges columns from the left as long as their tables stay small beside the number of kernels.
 *
 * @returns Groups of columns, as indexes into `columns`, each with its merged kernels.
 */
export function mergeDiscrete(columns: readonly DiscreteKernels[]): { columns: number[]; merged: MergedDiscrete }[] {
  const groups: { columns: number[]; codes: Int32Array; size: number }[] = [];
  for (const [index, { codes, size }] of columns.entries()) {
    const last = groups.at(-1);
    if (last !== undefined && last.size * size * KERNELS_PER_ENTRY <= codes.length) {
      last.columns.push(index);
      last.codes = mergedCodes(last.codes, codes, size);
      last.size *= size;
    } else groups.push({ columns: [index], codes, size });
  }
  return groups.map((group) => ({
    columns: group.columns,
    merged: {
      codes: group.codes,
      logProbabilities: (values) =>
        group.columns.map((column, index) => columns[column].logProbabilities(values[index])).reduce(outerSum),
    },
  }));
}

function mergedCodes(left: Int32Array, right: Int32Array, size: number): Int32Array {
  const codes = new Int32Array(left.length);
  for (let kernel = 0; kernel < codes.length; kernel++) codes[kernel] = left[kernel] * size + right[kernel];
  return codes;
}

function outerSum(left: Float64Array, right: Float64Array): Float64Array {
  const sums = new Float64Array(left.length * right.length);
  for (let row = 0; row < left.length; row++) {
    for (let column = 0; column < right.length; column++) {
      sums[row * right.length + column] = left[row] + right[column];
    }
  }
  return sums;
}
