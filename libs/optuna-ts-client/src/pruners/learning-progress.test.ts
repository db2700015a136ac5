import { expect, test } from 'vitest';
import { bestUpTo, gainAhead, learningProgress, noiseOf } from './learning-progress.js';

const curveOf = (values: number[]) => new Map(values.map((value, index) => [index + 1, value]));
const progressOf = (values: number[]) => learningProgress(curveOf(values), true)!;

test('learningProgress() is the best so far, larger better, without what is not finite', () => {
  const { steps, best } = learningProgress(
    new Map([
      [3, 0.2],
      [1, 0.5],
      [2, Number.NaN],
      [5, 0.4],
    ]),
    false,
  )!;
  expect(steps).toEqual([1, 3, 5]);
  expect(best).toEqual([-0.5, -0.2, -0.2]);
  expect(learningProgress(new Map([[0, Number.POSITIVE_INFINITY]]), true)).toBeUndefined();
  expect(bestUpTo({ steps, best }, 4)).toBe(-0.2);
  expect(bestUpTo({ steps, best }, 0)).toBeUndefined();
});

test('gainAhead() is exact for an exponential curve, whatever the window', () => {
  for (const reported of [3, 4, 7, 15]) {
    const value = (step: number) => 0.9 - 0.4 * Math.exp(-step / 6);
    const progress = progressOf(Array.from({ length: reported }, (_, index) => value(index + 1)));
    expect(gainAhead(progress, 12)).toBeCloseTo(value(reported + 12) - value(reported), 12);
  }
});

test('gainAhead() goes on as it is where the gain does not decrease, and hopes for nothing after a standstill', () => {
  expect(gainAhead(progressOf([0.1, 0.2, 0.3]), 4)).toBeCloseTo(0.4, 12);
  expect(gainAhead(progressOf([0.1, 0.1, 0.3]), 2)).toBeCloseTo(0.4, 12);
  expect(gainAhead(progressOf([0.1, 0.3, 0.2]), 5)).toBe(0);
  expect(gainAhead(progressOf([0.1, 0.3, 0.4]), 0)).toBe(0);
  expect(gainAhead(progressOf([0.1, 0.3]), 5)).toBeUndefined();
});

test('noiseOf() is the deviation from the neighbours, and nothing on a line', () => {
  expect(noiseOf([curveOf([1, 2, 3, 4])])).toBe(0);
  expect(noiseOf([curveOf([1, 2])])).toBe(0);
  // Bends of ±2 about a flat line.
  expect(noiseOf([curveOf([0, 1, 0, 1, 0])])).toBeCloseTo(2 / (0.67449 * Math.sqrt(6)), 4);
});
