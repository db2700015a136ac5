import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { fastDecay } from './fast-decay.js';

test('fastDecay() is Math.exp(-x) within 3 ulp from 0 to 690, itself within 1, and knows the ends', () => {
  const rng = new Rng(4);
  for (let draw = 0; draw < 60_000; draw++) {
    const x = rng.float() * [1, 40, 690][draw % 3];
    expect(Math.abs(fastDecay(x) / Math.exp(-x) - 1)).toBeLessThan(6.7e-16);
  }
  expect([fastDecay(0), fastDecay(691), fastDecay(Infinity)]).toEqual([1, 0, 0]);
  expect(fastDecay(Number.NaN)).toBeNaN();
});
