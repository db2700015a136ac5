import { expect, test } from 'vitest';
import { intDistribution } from './distributions/int-distribution.js';
import { lastStep, toInternalParams, toLosses, violationOf } from './frozen-trial.js';
import { canBecome, isFinished, nextStates, type TrialState } from './trial-state.js';

test('violationOf() sums what is above 0; NaN is a violation, an unknown constraint is not', () => {
  expect(violationOf({ constraints: [-3, 0, 0.5, 2] })).toBe(2.5);
  expect(violationOf({ constraints: [-1, Number.NaN] })).toBe(Number.POSITIVE_INFINITY);
  expect(violationOf({ constraints: [] })).toBe(0);
  expect(violationOf({ constraints: null })).toBe(0);
});

test('lastStep() is the highest step, in whatever order they came', () => {
  expect(
    lastStep(
      new Map([
        [3, 0],
        [10, 0],
        [7, 0],
      ]),
    ),
  ).toBe(10);
  expect(lastStep(new Map())).toBeUndefined();
});

test('toLosses() negates what is maximized', () => {
  expect(toLosses([1, 2], ['minimize', 'maximize'])).toEqual([1, -2]);
});

test('toInternalParams() names the parameter without a distribution', () => {
  expect(() => toInternalParams({ a: 1 }, { b: intDistribution(0, 1) })).toThrow('params.a has no distribution');
});

test('nextStates lets a running trial wait again and a finished one nothing', () => {
  expect(canBecome('RUNNING', 'WAITING')).toBe(true);
  expect(canBecome('WAITING', 'COMPLETE')).toBe(false);
  const finished = (Object.keys(nextStates) as TrialState[]).filter(isFinished);
  expect(finished).toEqual(['COMPLETE', 'PRUNED', 'FAIL']);
});
