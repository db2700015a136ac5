import type { DiscreteKernels, DiscreteRatios } from './kernel-column.js';

/** Discrete columns as one: what a row of values needs is then looked up once for each kernel. */
export interface MergedDiscrete {
  readonly codes: Int32Array;
  /** @param row One value per parameter, of which those of the merged columns are read. */
  at(row: readonly number[]): DiscreteRatios;
}

/** A discrete column, and the place of its parameter in a row. */
export interface PlacedDiscrete {
  readonly place: number;
  readonly kernels: DiscreteKernels;
}

/** A table is worth making for this many kernels that look into it. */
const KERNELS_PER_ENTRY = 4;

/** Merges columns from the left as long as their tables stay small beside the number of kernels. */
export function mergeDiscrete(columns: readonly PlacedDiscrete[]): MergedDiscrete[] {
  const groups: { codes: Int32Array; size: number; at: MergedDiscrete['at'] }[] = [];
  for (const { place, kernels } of columns) {
    const { codes, size } = kernels;
    const at = remembered(place, kernels);
    const last = groups.at(-1);
    if (last !== undefined && last.size * size * KERNELS_PER_ENTRY <= codes.length) {
      last.at = product(last.at, at);
      last.codes = mergedCodes(last.codes, codes, size);
      last.size *= size;
    } else groups.push({ codes, size, at });
  }
  return groups;
}

/** Many rows ask for the same few values. */
function remembered(place: number, column: DiscreteKernels): MergedDiscrete['at'] {
  const known = new Map<number, DiscreteRatios>();
  return (row) => {
    let found = known.get(row[place]);
    if (found === undefined) {
      found = column.at(row[place]);
      known.set(row[place], found);
    }
    return found;
  };
}

function product(left: MergedDiscrete['at'], right: MergedDiscrete['at']): MergedDiscrete['at'] {
  const known = new Map<DiscreteRatios, Map<DiscreteRatios, DiscreteRatios>>();
  return (row) => {
    const one = left(row);
    const other = right(row);
    let ofOne = known.get(one);
    if (ofOne === undefined) {
      ofOne = new Map();
      known.set(one, ofOne);
    }
    let found = ofOne.get(other);
    if (found === undefined) {
      found = outerProduct(one, other);
      ofOne.set(other, found);
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
  const height = left.ratios.length;
  const width = right.ratios.length;
  const ratios = new Float64Array(height * width);
  for (let row = 0; row < height; row++) {
    const factor = left.ratios[row];
    for (let column = 0; column < width; column++) ratios[row * width + column] = factor * right.ratios[column];
  }
  return { ratios, logPrior: left.logPrior + right.logPrior };
}
