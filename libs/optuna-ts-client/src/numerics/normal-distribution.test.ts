import { expect, test } from 'vitest';
import { readGolden } from '../testing/read-golden.js';
import { logNdtr, ndtr, ndtri, ndtriExp } from './normal-distribution.js';
import { logGaussMass, truncatedNormalQuantile } from './truncated-normal.js';

const golden = readGolden<{
  log_ndtr: [number, number][];
  ndtr: [number, number][];
  ndtri: [number, number][];
  ndtri_exp: [number, number][];
  log_gauss_mass: [number, number, number][];
  quantile: [number, number, number, number][];
}>('normal-distribution');

/** |actual / expected − 1|; 0 expects exactly 0. */
function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}

test.each(golden.log_ndtr)('logNdtr(%d) equals the reference within 1e-13', (x, expected) => {
  expect(relativeError(logNdtr(x), expected)).toBeLessThan(1e-13);
});

test.each(golden.ndtr)('ndtr(%d) equals the reference within 1e-13', (x, expected) => {
  expect(relativeError(ndtr(x), expected)).toBeLessThan(1e-13);
});

test.each(golden.ndtri)('ndtri(%d) equals the reference within 1e-13', (p, expected) => {
  expect(relativeError(ndtri(p), expected)).toBeLessThan(1e-13);
});

test.each(golden.ndtri_exp)('ndtriExp(%d) equals the reference within 1e-13', (y, expected) => {
  expect(relativeError(ndtriExp(y), expected)).toBeLessThan(1e-13);
});

test.each(golden.log_gauss_mass)('logGaussMass(%d, %d) gives the mass within 1e-12', (a, b, expected) => {
  expect(Math.abs(logGaussMass(a, b) - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)));
});

test.each(golden.quantile)(
  'truncatedNormalQuantile(%d, %d, %d) equals the reference within 1e-12',
  (q, a, b, expected) => {
    const scale = Math.max(Math.abs(expected), b - a);
    expect(Math.abs(truncatedNormalQuantile(q, a, b) - expected)).toBeLessThan(1e-12 * scale);
  },
);

test('ndtriExp() inverts logNdtr() from the far left tail to the right one', () => {
  for (const x of [-1e4, -40, -6, -2.5, -0.3, 0, 0.4, 2, 5]) {
    expect(Math.abs(ndtriExp(logNdtr(x)) - x)).toBeLessThan(1e-9 * Math.max(1, Math.abs(x)));
  }
  expect(ndtriExp(0)).toBe(Number.POSITIVE_INFINITY);
  expect(ndtriExp(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
});

test('the distribution functions take infinities and pass NaN on', () => {
  expect(ndtr(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(ndtr(Number.POSITIVE_INFINITY)).toBe(1);
  expect(logNdtr(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  expect(logNdtr(Number.POSITIVE_INFINITY)).toBeCloseTo(0);
  expect(ndtri(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(ndtri(1)).toBe(Number.POSITIVE_INFINITY);
  for (const notProbability of [Number.NaN, -1e-9, 1.1]) expect(ndtri(notProbability)).toBeNaN();
  for (const broken of [logNdtr, ndtr, ndtriExp]) expect(broken(Number.NaN)).toBeNaN();
  expect(ndtriExp(1e-9)).toBeNaN();
  expect(logGaussMass(2, 2)).toBe(Number.NEGATIVE_INFINITY);
});

test('truncatedNormalQuantile() gives the ends at 0 and 1 and stays between them', () => {
  for (const [a, b] of [
    [-1, 2],
    [50, 51],
    [-51, -50],
    [0, 0],
  ]) {
    expect(truncatedNormalQuantile(0, a, b)).toBe(a);
    expect(truncatedNormalQuantile(1, a, b)).toBe(b);
    for (const q of [1e-300, 1e-12, 0.3, 1 - 1e-16]) {
      const x = truncatedNormalQuantile(q, a, b);
      expect(x >= a && x <= b).toBe(true);
    }
  }
});
