import { expect, test } from 'vitest';
import { readGolden } from '../../testing/read-golden.js';
import { logNdtr, ndtr, ndtriExp } from './normal-distribution.js';
import { logGaussMass, truncatedNormalQuantile } from './truncated-normal.js';

const golden = readGolden<{
  log_ndtr: [number, number][];
  ndtr: [number, number][];
  log_gauss_mass: [number, number, number][];
  quantile: [number, number, number, number][];
}>('normal-distribution');

/** |actual / expected − 1|, or the absolute error where SciPy's value is 0 but for its rounding. */
function relativeError(actual: number, expected: number): number {
  return Math.abs(actual - expected) / (Math.abs(expected) < 1e-15 ? 1 : Math.abs(expected));
}

test.each(golden.log_ndtr)('logNdtr(%d) equals SciPy within 1e-13', (x, expected) => {
  expect(relativeError(logNdtr(x), expected)).toBeLessThan(1e-13);
});

test.each(golden.ndtr)('ndtr(%d) equals SciPy within 1e-13', (x, expected) => {
  expect(relativeError(ndtr(x), expected)).toBeLessThan(1e-13);
});

test.each(golden.log_gauss_mass)('logGaussMass(%d, %d) equals SciPy within 1e-11', (a, b, expected) => {
  expect(relativeError(logGaussMass(a, b), expected)).toBeLessThan(1e-11);
});

test.each(golden.quantile)('truncatedNormalQuantile(%d, %d, %d) equals SciPy within 1e-9', (q, a, b, expected) => {
  expect(relativeError(truncatedNormalQuantile(q, a, b), expected)).toBeLessThan(1e-9);
});

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
  expect(logNdtr(Number.NaN)).toBeNaN();
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
