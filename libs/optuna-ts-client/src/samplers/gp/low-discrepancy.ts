import type { Rng } from '#primitives';

/**
 * Points that fill [0, 1)ᵈ more evenly than independent draws: multiples of an irrational vector, from a random start.
 *
 * @returns `count` rows of `dimensions` numbers.
 * @see Roberts 2018, The Unreasonable Effectiveness of Quasirandom Sequences (the vector: powers of the generalized
 *   golden ratio)
 */
export function lowDiscrepancyPoints(count: number, dimensions: number, rng: Rng): Float64Array[] {
  let ratio = 2;
  for (let round = 0; round < 40; round++) ratio = (1 + ratio) ** (1 / (dimensions + 1));
  const steps = Float64Array.from({ length: dimensions }, (_, dimension) => ratio ** -(dimension + 1));
  const start = steps.map(() => rng.float());
  return Array.from({ length: count }, (_, k) =>
    start.map((from, dimension) => (from + (k + 1) * steps[dimension]) % 1),
  );
}
