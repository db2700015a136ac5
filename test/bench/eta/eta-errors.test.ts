import { expect, test } from 'vitest';
import { coverageOf, errorAt, etaError } from './eta-errors.js';
import type { EtaSample } from './row.js';

const at = (atSeconds: number, secondsRemaining: number): EtaSample => ({
  ...{ atSeconds, secondsRemaining },
  low: secondsRemaining - 10,
  high: secondsRemaining + 10,
});

test('etaError() is that of the whole time, and covered while the interval holds what is left', () => {
  expect(etaError(at(60, 40), 100)).toEqual({ error: 0, isCovered: true });
  expect(etaError(at(60, 60), 100).error).toBeCloseTo(0.2, 12);
  expect(etaError(at(60, 60), 100).isCovered).toBe(false);
  expect(etaError(at(60, 25), 100)).toMatchObject({ error: expect.closeTo(-0.15, 12), isCovered: false });
});

test('errorAt() takes the first ETA from a time on, and none after the end', () => {
  const samples = [at(10, 100), at(61, 39), at(70, 10)];
  expect(errorAt(samples, 60, 100)?.error).toBeCloseTo(0, 12);
  expect(errorAt(samples, 80, 100)).toBeNull();
  expect(errorAt(samples, 60, 50)).toBeNull();
});

test('coverageOf() is the part of the intervals that held what it took', () => {
  expect(coverageOf([at(10, 90), at(20, 50), at(30, 75), at(40, 55), at(120, 1)], 100)).toBe(0.75);
  expect(coverageOf([], 100)).toBeNull();
});
