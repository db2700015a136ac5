import { expect, test } from 'vitest';
import { lead, spreadOf } from './figures.js';

test('spreadOf() is the mean and its standard error', () => {
  expect(spreadOf([1, 2, 3, 6])).toEqual({ mean: 3, standardError: Math.sqrt(14 / 3 / 4), searches: 4 });
  expect(spreadOf([5])).toEqual({ mean: 5, standardError: 0, searches: 1 });
});

test('lead() counts in standard errors of the difference, positive where the first is better', () => {
  const a = { mean: 1, standardError: 0.3, searches: 10 };
  const b = { mean: 2, standardError: 0.4, searches: 10 };
  expect(lead(a, b, 'minimize')).toBeCloseTo(2);
  expect(lead(a, b, 'maximize')).toBeCloseTo(-2);
});

test('lead() without noise or without a feasible figure', () => {
  const exact = { mean: 1, standardError: 0, searches: 1 };
  const none = { mean: Number.NaN, standardError: Number.NaN, searches: 2 };
  expect(lead(exact, exact, 'minimize')).toBe(0);
  expect(lead({ ...exact, mean: 2 }, exact, 'maximize')).toBe(Infinity);
  expect([lead(none, exact, 'minimize'), lead(exact, none, 'maximize'), lead(none, none, 'maximize')]).toEqual([
    -Infinity,
    Infinity,
    0,
  ]);
});
