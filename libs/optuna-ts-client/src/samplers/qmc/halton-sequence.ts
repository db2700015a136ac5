/** @file Halton points: J. H. Halton 1960, doi:10.1007/BF01386213; one prime base per dimension. */
import type { Rng } from '#primitives';

/** Dimensions there are bases for: the first 64 primes. */
export const HALTON_DIMENSIONS = 64;

const primes = firstPrimes(HALTON_DIMENSIONS);

/**
 * One coordinate of one point: the digits of the index in the dimension's base, mirrored at the point.
 *
 * @param index Which point, integer >= 0. @param dimension Integer in [0, 64).
 * @param rng Scrambles: every digit goes through a random order of its own. All points need one of the same seed.
 * @returns A number in [0, 1); without `rng` the first point is 0 everywhere.
 * @see A. B. Owen 2017, arXiv:1706.02808 (random digit permutations)
 */
export function haltonCoordinate(index: number, dimension: number, rng?: Rng): number {
  const base = primes[dimension];
  // Leading zeros are scrambled as well, down to the last place a double tells apart.
  const digits = Math.ceil(54 / Math.log2(base)) - 1;
  let rest = index;
  let weight = 1;
  let coordinate = 0;
  for (let place = 0; place < digits; place++) {
    const order = rng?.permutation(base);
    const digit = rest % base;
    rest = Math.floor(rest / base);
    weight /= base;
    coordinate += (order?.[digit] ?? digit) * weight;
  }
  return coordinate;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}
