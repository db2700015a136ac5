import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { fastExp } from './fast-exp.js';

test('fastExp() is Math.exp() within 1e-13 from -690 to 690, and knows the ends', () => {
  const rng = new Rng(4);
  for (let draw = 0; draw < 20_000; draw++) {
    const x = (2 * rng.float() - 1) * (draw % 2 === 0 ? 1 : 690);
    expect(Math.abs(fastExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-13);
  }
  expect([fastExp(0), fastExp(-Infinity), fastExp(-691), fastExp(691), fastExp(Infinity)]).toEqual([
    1,
    0,
    0,
    Infinity,
    Infinity,
  ]);
  expect(fastExp(Number.NaN)).toBeNaN();
});
