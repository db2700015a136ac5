import { expect, test } from 'vitest';
import { ndtr } from './normal-distribution.js';
import { gaussMass, logGaussMass } from './truncated-normal.js';
import { upperTail } from './upper-tail.js';

test('upperTail() is ndtr(-x) within 1e-15 from 0 on', () => {
  for (let x = 0; x < 10; x += 0.00137) expect(Math.abs(upperTail(x) - ndtr(-x))).toBeLessThan(1e-15);
  expect([upperTail(0), upperTail(8.5), upperTail(Infinity)]).toEqual([0.5, 0, 0]);
  expect(upperTail(Number.NaN)).toBeNaN();
});

test('gaussMass() is what logGaussMass() is the logarithm of, within 1e-13, on both sides of every branch', () => {
  const ends = [-40, -9, -3, -0.7, -0.66, -0.6, -0.01, 0, 1e-3, 0.02, 0.6, 0.66, 0.7, 3, 9, 36];
  for (const a of ends) {
    for (const b of ends.filter((end) => end > a)) {
      expect(Math.abs(gaussMass(a, b) / Math.exp(logGaussMass(a, b)) - 1)).toBeLessThan(1e-13);
    }
    expect(gaussMass(a, a)).toBe(0);
  }
});
