import { expect, test } from 'vitest';
import { coarseRates, rateAt, ratesBeside } from './learning-rates.js';

const range = { low: 1e-4, high: 1e-1 };
const ratesOf = (places: readonly number[]) => places.map((place) => rateAt(range, place));

test('coarseRates() are half decades at the same places for every study', () => {
  expect(ratesOf(coarseRates(range))).toEqual([1e-4, 3.16e-4, 1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1]);
  expect(coarseRates({ low: 5e-4, high: 1e-2 })).toEqual([-3.25, -3, -2.75, -2.5, -2.25, -2]);
});

test('coarseRates() of a narrow range are finer, of a single value that value', () => {
  expect(coarseRates({ low: 1e-3, high: 3e-3 })).toEqual([-3, -2.875, -2.75, -2.625]);
  expect(coarseRates({ low: 2e-3, high: 2e-3 }).map((place) => rateAt({ low: 2e-3, high: 2e-3 }, place))).toEqual([
    2e-3,
  ]);
});

test('ratesBeside() halves the step until the neighbours are tried, and stays within the range', () => {
  expect(ratesBeside(range, -2, [-2])).toEqual([-2.25, -1.75]);
  expect(ratesBeside(range, -2, [-2, -2.25, -1.75])).toEqual([-2.125, -1.875]);
  expect(ratesBeside(range, -2, [-2, -2.25, -1.75, -2.125, -1.875])).toEqual([]);
  expect(ratesBeside(range, -1, [-1])).toEqual([-1.25]);
});
