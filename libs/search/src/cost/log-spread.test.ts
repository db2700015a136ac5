import { expect, test } from 'vitest';
import { interval90, MOST_COUNTED, noMeasurements, pooled, predictNext, withMeasurement } from './log-spread.js';

const spreadOf = (seconds: readonly number[]) => seconds.reduce(withMeasurement, noMeasurements);

test('withMeasurement() keeps mean and squared deviations of the logarithms, as a sum over all of them gives', () => {
  const seconds = [2, 3, 5, 4, 8];
  const logs = seconds.map(Math.log);
  const mean = logs.reduce((a, b) => a + b) / logs.length;
  const spread = spreadOf(seconds);
  expect(spread.count).toBe(5);
  expect(spread.mean).toBeCloseTo(mean, 12);
  expect(spread.squares).toBeCloseTo(
    logs.reduce((sum, log) => sum + (log - mean) ** 2, 0),
    12,
  );
});

test('withMeasurement() forgets: after a device has become twice as slow, its old pace fades', () => {
  const spread = spreadOf([...Array(200).fill(1), ...Array(100).fill(2)]);
  expect(spread.count).toBe(MOST_COUNTED);
  expect(Math.exp(spread.mean)).toBeGreaterThan(1.9);
});

test('pooled() is the spread of all measurements together', () => {
  const together = spreadOf([1, 2, 3, 10, 20]);
  const parts = pooled([spreadOf([1, 2, 3]), noMeasurements, spreadOf([10, 20])]);
  expect(parts.count).toBe(5);
  expect(parts.mean).toBeCloseTo(together.mean, 12);
  expect(parts.squares).toBeCloseTo(together.squares, 12);
});

test('predictNext() is surer the more was measured, and interval90() holds nine of ten durations', () => {
  const one = predictNext(spreadOf([4]));
  const many = predictNext(spreadOf([3.6, 4.1, 4.4, 3.9, 4, 4.2, 3.8, 4]));
  expect(one.median).toBeCloseTo(4, 12);
  expect(many.bias).toBeLessThan(one.bias / 2);
  const { low, high } = interval90({ median: 4, bias: 0.3, noise: 0.4 });
  expect(low * high).toBeCloseTo(16, 9);
  expect(Math.log(high / 4)).toBeCloseTo(1.645 * 0.5, 3);
  expect(() => predictNext(noMeasurements)).toThrow(RangeError);
});
