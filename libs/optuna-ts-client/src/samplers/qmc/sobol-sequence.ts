/** @file Sobol points, one at a time: I. M. Sobol 1967, doi:10.1016/0041-5553(67)90144-9, in Gray code order as scipy's. */
import type { Rng } from '#primitives';

/**
 * Primitive polynomials and initial direction numbers of dimensions 2 to 64: `a m₁ … m_s`.
 *
 * @see S. Joe & F. Y. Kuo 2008, doi:10.1137/070709359; file new-joe-kuo-6.21201 of
 *   https://web.maths.unsw.edu.au/~fkuo/sobol/
 */
const JOE_KUO = `
0 1
1 1 3
1 1 3 1
2 1 1 1
1 1 1 3 3
4 1 3 5 13
2 1 1 5 5 17
4 1 1 5 5 5
7 1 1 7 11 19
11 1 1 5 1 1
13 1 1 1 3 11
14 1 3 5 5 31
1 1 3 3 9 7 49
13 1 1 1 15 21 21
16 1 3 1 13 27 49
19 1 1 1 15 7 5
22 1 3 1 15 13 25
25 1 1 5 5 19 61
1 1 3 7 11 23 15 103
4 1 3 7 13 13 15 69
7 1 1 3 13 7 35 63
8 1 3 5 9 1 25 53
14 1 3 1 13 9 35 107
19 1 3 1 5 27 61 31
21 1 1 5 11 19 41 61
28 1 3 5 3 3 13 69
31 1 1 7 13 1 19 1
32 1 3 7 5 13 19 59
37 1 1 3 9 25 29 41
41 1 3 5 13 23 1 55
42 1 3 7 3 13 59 17
50 1 3 1 3 5 53 69
55 1 1 5 5 23 33 13
56 1 1 7 7 1 61 123
59 1 1 7 9 13 61 49
62 1 3 3 5 3 55 33
14 1 3 1 15 31 13 49 245
21 1 3 5 15 31 59 63 97
22 1 3 1 11 11 11 77 249
38 1 3 1 11 27 43 71 9
47 1 1 7 15 21 11 81 45
49 1 3 7 3 25 31 65 79
50 1 3 1 1 19 11 3 205
52 1 1 5 9 19 21 29 157
56 1 3 7 11 1 33 89 185
67 1 3 3 3 15 9 79 71
70 1 3 7 11 15 39 119 27
84 1 1 3 1 11 31 97 225
97 1 1 1 3 23 43 57 177
103 1 3 7 7 17 17 37 71
115 1 3 1 5 27 63 123 213
122 1 1 3 5 11 43 53 133
8 1 3 5 5 29 17 47 173 479
13 1 3 3 11 3 1 109 9 69
16 1 1 1 5 17 39 23 5 343
22 1 3 1 5 25 15 31 103 499
25 1 1 1 11 11 17 63 105 183
44 1 1 5 11 9 29 97 231 363
47 1 1 5 15 19 45 41 7 383
52 1 3 7 7 31 19 83 137 221
55 1 1 1 3 23 15 111 223 83
59 1 1 5 13 31 15 55 25 161
62 1 1 3 13 25 47 39 87 257`;

const BITS = 32;

/** Dimensions there are direction numbers for. */
export const SOBOL_DIMENSIONS = 64;

let directions: Uint32Array[] | undefined;

/**
 * One coordinate of one point of the sequence.
 *
 * @param index Which point, integer in [0, 2³²). @param dimension Integer in [0, 64).
 * @returns A multiple of 2⁻³² in [0, 1); the first point is 0 everywhere.
 */
export function sobolCoordinate(index: number, dimension: number): number {
  return bitsOf(index, dimension) / 2 ** BITS;
}

/**
 * The same with Owen's nested uniform scrambling: every half, quarter, … keeps its number of points, and each point is
 * uniform on [0, 1). The bit at each place is flipped or not by chance that depends on the bits before it.
 *
 * @param rng Seeds the scrambling of this dimension; all points of a sequence need one of the same seed.
 * @see A. B. Owen 1995, doi:10.1007/978-1-4612-2552-2_19
 */
export function scrambledSobolCoordinate(index: number, dimension: number, rng: Rng): number {
  const bits = bitsOf(index, dimension);
  const first = rng.integer(0, 2 ** BITS);
  const second = rng.integer(0, 2 ** BITS);
  let flips = 0;
  for (let place = 0; place < BITS; place++) {
    const prefix = place === 0 ? 1 : ((1 << place) | (bits >>> (BITS - place))) >>> 0;
    flips |= (hash(prefix, first, second) & 1) << (BITS - 1 - place);
  }
  return ((bits ^ flips) >>> 0) / 2 ** BITS;
}

function bitsOf(index: number, dimension: number): number {
  directions ??= directionNumbers();
  const numbers = directions[dimension];
  let gray = (index ^ (index >>> 1)) >>> 0;
  let bits = 0;
  for (let place = 0; gray !== 0; place++, gray >>>= 1) if (gray & 1) bits ^= numbers[place];
  return bits >>> 0;
}

function directionNumbers(): Uint32Array[] {
  const first = Uint32Array.from({ length: BITS }, (_, place) => 2 ** (BITS - 1 - place));
  const others = JOE_KUO.trim()
    .split('\n')
    .map((line) => {
      const [a, ...initial] = line.split(' ').map(Number);
      const degree = initial.length;
      const numbers = new Uint32Array(BITS);
      for (let place = 0; place < BITS; place++) {
        if (place < degree) {
          numbers[place] = initial[place] * 2 ** (BITS - 1 - place);
          continue;
        }
        let value = numbers[place - degree] ^ (numbers[place - degree] >>> degree);
        for (let i = 1; i < degree; i++) if ((a >>> (degree - 1 - i)) & 1) value ^= numbers[place - i];
        numbers[place] = value;
      }
      return numbers;
    });
  return [first, ...others];
}

/** 32 mixed bits of a number and two keys: twice the finisher of MurmurHash3. */
function hash(value: number, first: number, second: number): number {
  return finish(finish(value ^ first) ^ second);
}

function finish(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
