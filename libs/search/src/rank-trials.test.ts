import { expect, test } from 'vitest';
import type { Objective } from './metric-name.js';
import { rankTrials } from './rank-trials.js';

const objectives: Objective[] = [
  { metric: 'accuracy', direction: 'maximize' },
  { metric: 'latencyP95Ms', direction: 'minimize' },
];

function trial(number: number, accuracy: number, latencyP95Ms: number, validationImages = 1_000_000) {
  const correct = Math.round(accuracy * validationImages);
  return { trialId: `t${number}`, number, metrics: { accuracy, latencyP95Ms }, correct, validationImages };
}

const numbers = (trials: readonly { number: number }[]) => trials.map(({ number }) => number);

test('rankTrials() gives the front only, most accurate first', () => {
  const trials = [trial(0, 0.8, 10), trial(1, 0.9, 20), trial(2, 0.7, 15), trial(3, 0.95, 30)];
  expect(numbers(rankTrials(objectives, trials))).toEqual([3, 1, 0]);
});

test('rankTrials() puts the faster first where the images cannot tell the accuracies apart', () => {
  const trials = [trial(0, 0.95, 30, 153), trial(1, 0.94, 10, 153), trial(2, 0.5, 5, 153)];
  expect(numbers(rankTrials(objectives, trials))).toEqual([1, 0, 2]);
});

test('rankTrials() does not depend on the order of its input, and leaves out trials without a value', () => {
  const trials = [trial(3, 0.9, 20), trial(1, 0.9, 20), trial(2, 0.8, 10)];
  const incomplete = { ...trial(0, 1, 1), metrics: { accuracy: 1 } };
  const expected = numbers(rankTrials(objectives, trials));
  expect(expected).toEqual([1, 3, 2]);
  expect(numbers(rankTrials(objectives, [incomplete, ...trials.toReversed()]))).toEqual(expected);
  expect(rankTrials(objectives, [])).toEqual([]);
});

test('rankTrials() minimises an objective that comes first without intervals', () => {
  const bySpeed = objectives.toReversed();
  expect(numbers(rankTrials(bySpeed, [trial(0, 0.9, 20, 10), trial(1, 0.5, 10, 10)]))).toEqual([1, 0]);
});
