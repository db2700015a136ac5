import { expect, test } from 'vitest';
import type { Direction } from '../../frozen-trial.js';
import { makeTrial } from '../../testing/make-trial.js';
import { readGolden } from '../../testing/read-golden.js';
import type { TrialState } from '../../trial-state.js';
import { TrialLedger } from '../ledger/trial-ledger.js';
import { samplerContext } from '../sampler.js';
import { goodCount, splitTrials } from './split-trials.js';

interface Golden {
  cases: {
    directions: Direction[];
    count: number;
    trials: {
      number: number;
      state: TrialState;
      values: number[] | null;
      intermediateValues: [number, number][];
      constraints: number[] | null;
    }[];
    below: number[];
  }[];
}

test.each(readGolden<Golden>('split-trials').cases)(
  'splitTrials() takes the trials Optuna 5.0.0 takes: $directions, $count good ones',
  ({ directions, count, trials, below }) => {
    const history = trials.map(({ intermediateValues, ...trial }) =>
      makeTrial({ ...trial, curve: intermediateValues }),
    );
    const context = samplerContext({ seed: 0, trialNumber: 999, directions });
    const split = splitTrials(context, TrialLedger.of(history), count, true);
    expect([...split.below]).toEqual(below);
    const all = [...split.below, ...split.above].sort((a, b) => a - b);
    expect(all).toEqual(trials.map(({ number }) => number));
  },
);

test('splitTrials() orders infinite values and keeps losses finite', () => {
  const values = [Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY, 1];
  const history = values.map((value, number) => makeTrial({ number, values: [value, -value] }));
  const directions: Direction[] = ['minimize', 'maximize'];
  const context = samplerContext({ seed: 0, trialNumber: 9, directions });
  const split = splitTrials(context, TrialLedger.of(history), 2, true);
  expect([...split.below]).toEqual([2, 3]);
  expect(split.losses).toEqual([
    [-1, -1],
    [1, 1],
  ]);
});

test('splitTrials() ranks pruned trials by their curves with two objectives as well', () => {
  const directions: Direction[] = ['maximize', 'minimize'];
  const below = (curves: readonly number[][]) => {
    const pruned = curves.map((curve, index) => makeTrial({ number: index + 1, state: 'PRUNED', curve }));
    const history = [makeTrial({ number: 0, values: [0.9, 5] }), ...pruned];
    const context = samplerContext({ seed: 0, trialNumber: 9, directions, curveObjective: 0 });
    return [...splitTrials(context, TrialLedger.of(history), 2, true).below];
  };
  expect(below([[0.5], [0.5, 0.6], [0.5, 0.7]])).toEqual([0, 3]);
  expect(below([[0.5], [0.5, 0.8], [0.5, 0.7]])).toEqual([0, 2]);
});

test('goodCount() is a tenth, rounded up, 25 at the most unless several objectives lift that', () => {
  expect([0, 1, 10, 11, 250, 5000].map((n) => goodCount(n))).toEqual([0, 1, 1, 2, 25, 25]);
  expect([0, 11, 250, 5000].map((n) => goodCount(n, 2, 'capped'))).toEqual([0, 2, 25, 25]);
  expect([0, 11, 250, 5000].map((n) => goodCount(n, 2, 'uncapped'))).toEqual([0, 2, 25, 500]);
  expect(goodCount(5000, 1, 'uncapped')).toBe(25);
});
