import type { DiscreteKernels } from './kernel-column.js';

/** What kernels give to a value, or to one value per column, beside the prior kernel. */
export interface DiscreteRatios {
  /** By code, the probability over that which the prior kernel gives. */
  readonly ratios: Float64Array;
  /** ln of the latter. */
  readonly logPrior: number;
}

/** Discrete columns as one: what a row of values needs is then looked up once for each kernel. */
export interface MergedDiscrete {
  readonly codes: Int32Array;
  /** @param row One value per parameter, of which those of the merged columns are read. */
  at(row: readonly number[]): DiscreteRatios;
}

/** A table is worth making for this many kernels that look into it. */
const KERNELS_PER_ENTRY = 4;

/** A discrete column, and the place of its parameter in a row. */
export interface PlacedDiscrete {
  readonly place: number;
  readonly kernels: DiscreteKernels;
}

/** Merges columns from the left as long as their tables stay small beside the number of kernels. */
export function mergeDiscrete(columns: readonly PlacedDiscrete[]): MergedDiscrete[] {
  const groups: { codes: Int32Array; size: number; at: MergedDiscrete['at'] }[] = [];
  for (const { place, kernels } of columns) {
    const { codes, size } = kernels;
    const at = ratiosOf(place, kernels);
    const last = groups.at(-1);
    if (last !== undefined && last.size * size * KERNELS_PER_ENTRY <= codes.length) {
      const left = last.at;
      last.at = (row) => outerProduct(left(row), at(row));
      last.codes = mergedCodes(last.codes, codes, size);
      last.size *= size;
    } else groups.push({ codes, size, at });
  }
  return groups;
}

/** Many rows ask for the same few values. */
function ratiosOf(place: number, column: DiscreteKernels): MergedDiscrete['at'] {
  const prior = column.codes[column.codes.length - 1];
  const known = new Map<number, DiscreteRatios>();
  return (row) => {
    const value = row[place];
    let found = known.get(value);
    if (found === undefined) {
      const logs = column.logProbabilities(value);
      const logPrior = logs[prior];
      found = { ratios: logs.map((log) => Math.exp(log - logPrior)), logPrior };
      known.set(value, found);
    }
    return found;
  };
}

function mergedCodes(left: Int32Array, right: Int32Array, size: number): Int32Array {
  const codes = new Int32Array(left.length);
  for (let kernel = 0; kernel < codes.length; kernel++) codes[kernel] = left[kernel] * size + right[kernel];
  return codes;
}

function outerProduct(left: DiscreteRatios, right: DiscreteRatios): DiscreteRatios {
  const width = right.ratios.length;
  const ratios = new Float64Array(left.ratios.length * width);
  for (let row = 0; row < left.ratios.length; row++) {
    for (let column = 0; column < width; column++) {
      ratios[row * width + column] = left.ratios[row] * right.ratios[column];
    }
  }
  return { ratios, logPrior: left.logPrior + right.logPrior };
}
