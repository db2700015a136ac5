import type { Rng } from '#primitives';

const ROUNDS = 8;

/**
 * A random order of 0 … size-1 that is computed place by place, so that a grid of any size can be shuffled without being
 * written down: a Feistel network on two digits, walked until it falls inside.
 *
 * @param size Integer in [1, 2⁵³).
 * @returns position → place, one to one on [0, size).
 * @see Black & Rogaway 2002, doi:10.1007/3-540-45760-7_9 (ciphers with arbitrary finite domains, "generalized Feistel")
 */
export function shuffledPlaces(size: number, rng: Rng): (position: number) => number {
  const left = Math.ceil(Math.sqrt(size));
  const right = Math.ceil(size / left);
  const keys = Array.from({ length: ROUNDS }, () => rng.integer(0, 2 ** 32));
  const once = (place: number) => {
    let a = Math.floor(place / right);
    let b = place % right;
    for (let round = 0; round < ROUNDS; round += 2) {
      a = (a + mix(b, keys[round])) % left;
      b = (b + mix(a, keys[round + 1])) % right;
    }
    return a * right + b;
  };
  return (position) => {
    let place = once(position);
    while (place >= size) place = once(place);
    return place;
  };
}

/** 32 well-mixed bits of a number below 2²⁷ and a key: the finisher of MurmurHash3. */
function mix(value: number, key: number): number {
  let hash = Math.imul(value ^ key, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
