import { expect, test } from 'vitest';
import { readGolden } from '../../testing/read-golden.js';
import { logStandardImprovement } from './log-expected-improvement.js';

const golden = readGolden<{
  logImprovement: [z: number, value: number][];
  optunaLogImprovement: [z: number, value: number][];
}>('gaussian-process');

test.each(golden.logImprovement)('logStandardImprovement(%d) equals 60 digits', (z, value) => {
  // An error of the logarithm is a relative error of the improvement; large logarithms are rounded themselves.
  expect(Math.abs(logStandardImprovement(z) - value)).toBeLessThan(1e-11 + 4e-16 * Math.abs(value));
});

test('logStandardImprovement() equals Optuna where that is exact', () => {
  for (const [z, value] of golden.optunaLogImprovement.filter(([at]) => at > -6)) {
    expect(Math.abs(logStandardImprovement(z) - value)).toBeLessThan(1e-9);
  }
});

test('logStandardImprovement() takes infinities', () => {
  expect(logStandardImprovement(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  expect(logStandardImprovement(1e300)).toBeCloseTo(Math.log(1e300), 9);
});
