import { mersenne } from 'pure-rand/generator/mersenne';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * A seeded stream of random numbers: MT19937, draw for draw equal to numpy's `RandomState(seed)` for `float()`.
 * The only source of randomness in the libs; two streams with one seed give the same bytes on every machine.
 *
 * @see Matsumoto & Nishimura 1998, doi:10.1145/272991.272995 · numpy/random/mtrand (legacy seeding)
 */
export class Rng {
  /** Made for the first draw: many streams are only forked. */
  #generator: RandomGenerator | undefined;
  #spareNormal: number | undefined;

  /** @param seed Integer in [0, 2³²). */
  constructor(readonly seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new RangeError(`Cannot seed Rng with ${seed}: must be an integer in [0, 4294967296)`);
    }
  }

  /** Uniform in [0, 1) with 53 random bits. */
  float(): number {
    this.#generator ??= mersenne(this.seed | 0);
    const high = this.#generator.next() >>> 5;
    const low = this.#generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform integer in [low, high), `high - low` at most 2⁵³. */
  integer(low: number, high: number): number {
    if (!(high > low)) throw new RangeError(`Cannot draw an integer from [${low}, ${high}): the range is empty`);
    return low + Math.floor(this.float() * (high - low));
  }

  /** Standard normal, by the polar method (Marsaglia & Bray 1964). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.float() - 1;
      const y = 2 * this.float() - 1;
      const radius = x * x + y * y;
      if (radius > 0 && radius < 1) {
        const scale = Math.sqrt((-2 * Math.log(radius)) / radius);
        this.#spareNormal = y * scale;
        return x * scale;
      }
    }
  }

  /** A random order of 0 … n-1 (Fisher–Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, index) => index);
    for (let last = n - 1; last > 0; last--) {
      const other = this.integer(0, last + 1);
      const kept = order[last];
      order[last] = order[other];
      order[other] = kept;
    }
    return order;
  }

  /** A stream of its own for `label`, independent of how many numbers were drawn from this one. */
  fork(label: string): Rng {
    return new Rng(hashSeed(this.seed, label));
  }
}

/** Mixes labels into a seed in [0, 2³²): FNV-1a over the text, finished as in MurmurHash3. */
export function hashSeed(seed: number, ...labels: (string | number)[]): number {
  let hash = (2166136261 ^ seed) >>> 0;
  for (const character of labels.join('\u0000')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 16777619) >>> 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}
