import { expect, test } from 'vitest';
import type { Direction } from '../frozen-trial.js';
import { makeTrial } from '../testing/make-trial.js';
import { readGolden } from '../testing/read-golden.js';
import type { TrialState } from '../trial-state.js';
import { MedianPruner } from './median-pruner.js';
import type { PrunerContext, RunningTrial } from './pruner.js';

type Curve = [step: number, value: number | null][];

interface Golden {
  cases: {
    direction: Direction;
    options: {
      percentile: number;
      n_startup_trials?: number;
      n_warmup_steps?: number;
      interval_steps?: number;
      n_min_trials?: number;
    };
    finished: { state: TrialState; curve: Curve }[];
    reported: Curve;
    decisions: boolean[];
  }[];
}

const withNaN = (curve: Curve) => curve.map(([step, value]): [number, number] => [step, value ?? Number.NaN]);

test.each(readGolden<Golden>('median-pruner').cases)(
  'MedianPruner decides as Optuna: $direction, $options, $finished.length trials',
  ({ direction, options, finished, reported, decisions }) => {
    const pruner = new MedianPruner({
      percentile: options.percentile,
      startupTrials: options.n_startup_trials,
      warmupSteps: options.n_warmup_steps,
      intervalSteps: options.interval_steps,
      minTrials: options.n_min_trials,
    });
    const history = finished.map(({ state, curve }, number) =>
      makeTrial({ number, state, curve: withNaN(curve), values: [0.5] }),
    );
    const made = reported.map((_, index) => {
      const intermediateValues = new Map(withNaN(reported.slice(0, index + 1)));
      const trial = { number: 99, params: {}, intermediateValues, knownValues: [], knownConstraints: [] };
      return pruner.decide({ directions: [direction], curveObjective: 0 }, trial, history).prune;
    });
    expect(made).toEqual(decisions);
  },
);

const context: PrunerContext = {
  directions: ['maximize', 'minimize'],
  curveObjective: 0,
  objectiveNames: ['accuracy', 'latencyMs'],
  constraintNames: ['latencyMs <= 10'],
  stepName: 'epoch',
};

/** Finished trials with an accuracy per epoch and a latency. */
function finished(curve: number[], latencyMs: number, count = 6) {
  return Array.from({ length: count }, (_, number) =>
    makeTrial({
      number,
      curve: curve.map((accuracy, index): [number, number] => [index + 1, accuracy]),
      values: [curve.at(-1)!, latencyMs],
    }),
  );
}

function running(accuracies: number[], latencyMs?: number, constraint?: number): RunningTrial {
  const intermediateValues = new Map(accuracies.map((accuracy, index) => [index + 1, accuracy]));
  return {
    number: 99,
    params: {},
    intermediateValues,
    knownValues: [undefined, latencyMs],
    knownConstraints: [constraint],
  };
}

test('MedianPruner never judges a faster model by slower, more accurate ones', () => {
  const slow = finished([0.8, 0.9, 0.95], 9);
  expect(new MedianPruner().decide(context, running([0.3, 0.4, 0.5], 2), slow).prune).toBe(false);
  expect(new MedianPruner().decide(context, running([0.3, 0.4, 0.5], 9), slow).prune).toBe(true);
  expect(new MedianPruner().decide(context, running([0.3, 0.4, 0.5], 12), slow).prune).toBe(true);
});

test('MedianPruner says why in words', () => {
  const decision = new MedianPruner().decide(context, running([0.5, 0.6, 0.61], 9), finished([0.7, 0.8, 0.81], 8));
  expect(decision).toEqual({
    prune: true,
    reason: 'accuracy 0.61 at epoch 3 is below the median 0.81 of 6 comparable trials',
  });
  const kept = new MedianPruner().decide(context, running([0.9], 9), finished([0.7], 8));
  expect(kept).toEqual({
    prune: false,
    reason: 'accuracy 0.9 at epoch 1 is above the median 0.7 of 6 comparable trials',
  });
});

test('MedianPruner prunes a trial whose known constraint is violated, unless told not to', () => {
  const trial = running([], 12, 2);
  expect(new MedianPruner().decide(context, trial, [])).toEqual({
    prune: true,
    reason: 'latencyMs <= 10 is violated by 2, and training cannot change it',
  });
  expect(new MedianPruner({ pruneInfeasible: false }).decide(context, trial, []).prune).toBe(false);
  expect(new MedianPruner().decide(context, running([], 10, 0), []).prune).toBe(false);
});

test('MedianPruner does not compare with trials outside the constraints, however good', () => {
  const infeasible = finished([0.9, 0.9], 8).map((trial) => ({ ...trial, constraints: [0.1] }));
  expect(new MedianPruner().decide(context, running([0.1, 0.1], 9), infeasible).prune).toBe(false);
});

test('MedianPruner refuses options outside their range', () => {
  expect(() => new MedianPruner({ percentile: -1 })).toThrow('percentile is -1, must be a number in [0, 100]');
  expect(() => new MedianPruner({ intervalSteps: 0 })).toThrow('intervalSteps is 0, must be an integer >= 1');
});
