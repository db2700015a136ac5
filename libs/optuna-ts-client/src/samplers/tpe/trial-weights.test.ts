import { expect, test } from 'vitest';
import { readGolden } from '../../testing/read-golden.js';
import { ageWeights, contributionWeights } from './trial-weights.js';

const golden = readGolden<{
  age: Record<string, number[]>;
  contribution: { losses: number[][]; violations: number[]; weights: number[] }[];
}>('trial-weights');

test.each(Object.entries(golden.age))('ageWeights(%s) equals Optuna', (n, expected) => {
  const weights = ageWeights(Number(n));
  expect(weights.length).toBe(expected.length);
  for (const [index, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[index], 14);
});

test.each(golden.contribution)('contributionWeights() equals Optuna 3.1.0: $losses.length rows', (example) => {
  const { losses, violations, weights } = example;
  const actual = contributionWeights(losses.map((row, index) => (violations[index] > 0 ? null : row)));
  for (const [index, weight] of actual.entries()) expect(weight).toBeCloseTo(weights[index], 10);
});

test('contributionWeights() gives full weight to all when no trial is feasible', () => {
  expect([...contributionWeights([null, null])]).toEqual([1, 1]);
  expect(contributionWeights([]).length).toBe(0);
});
