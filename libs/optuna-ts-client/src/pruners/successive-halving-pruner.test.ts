import { expect, test } from 'vitest';
import { makeTrial } from '../testing/make-trial.js';
import type { PrunerContext, RunningTrial } from './pruner.js';
import { SuccessiveHalvingPruner } from './successive-halving-pruner.js';

const context: PrunerContext = {
  directions: ['maximize', 'minimize'],
  curveObjective: 0,
  objectiveNames: ['accuracy', 'latencyMs'],
  stepName: 'epoch',
};
const pruner = new SuccessiveHalvingPruner({ minResource: 1, reductionFactor: 2 });

function running(curve: number[], latencyMs: number, changes: Partial<RunningTrial> = {}): RunningTrial {
  return {
    number: 99,
    params: {},
    intermediateValues: new Map(curve.map((accuracy, index) => [index + 1, accuracy])),
    knownValues: [undefined, latencyMs],
    knownConstraints: [],
    ...changes,
  };
}

/** Trials in several states that have come to epoch 1. */
const rivals = (['COMPLETE', 'RUNNING', 'PRUNED', 'FAIL'] as const).map((state, number) =>
  makeTrial({
    number,
    state,
    curve: [[1, 0.6 + number / 10]],
    values: state === 'COMPLETE' ? [0.6, 9] : null,
    knownValues: [undefined, 9],
  }),
);

test('SuccessiveHalvingPruner says which rung, which place and among whom', () => {
  expect(pruner.decide(context, running([0.65], 9), rivals)).toEqual({
    prune: true,
    reason:
      'accuracy 0.65 is not among the best 2 of 5 comparable trials at the rung of epoch 1, the last of which has 0.8',
  });
  expect(pruner.decide(context, running([0.85], 9), rivals)).toEqual({
    prune: false,
    reason: 'accuracy 0.85 is among the best 2 of 5 comparable trials at the rung of epoch 1',
  });
  expect(pruner.decide(context, running([0.85, 0.9, 0.1], 9), rivals).reason).toBe('the next rung is epoch 4');
});

test('SuccessiveHalvingPruner lets a faster trial compete with trials at least as fast only', () => {
  expect(pruner.decide(context, running([0.1], 8.9), rivals).prune).toBe(false);
  const unknown = rivals.map((trial) => ({ ...trial, values: null, knownValues: undefined }));
  expect(pruner.decide(context, running([0.1], 9), unknown).prune).toBe(false);
});

test('SuccessiveHalvingPruner leaves out trials outside the constraints and of earlier studies', () => {
  expect(
    pruner.decide(
      context,
      running([0.1], 9),
      rivals.map((trial) => ({ ...trial, constraints: [1] })),
    ).prune,
  ).toBe(false);
  expect(
    pruner.decide(
      context,
      running([0.1], 9),
      rivals.map((trial) => ({ ...trial, weight: 0.9 })),
    ).prune,
  ).toBe(false);
  expect(pruner.decide(context, running([0.9], 9, { knownConstraints: [0.1] }), rivals).prune).toBe(true);
});

test('SuccessiveHalvingPruner counts a trial that was pruned after a gap at the first rung it reached', () => {
  const jumped = makeTrial({
    number: 1,
    state: 'PRUNED',
    curve: [[2, 0.9]],
    values: null,
    knownValues: [undefined, 9],
  });
  const trial = {
    ...running([], 9),
    intermediateValues: new Map([
      [1, 0.95],
      [2, 0.5],
    ]),
  };
  expect(pruner.decide(context, trial, [jumped])).toMatchObject({
    prune: false,
    reason: expect.stringContaining('best 1 of 1'),
  });
});

test('SuccessiveHalvingPruner refuses options that do not fit together', () => {
  expect(() => new SuccessiveHalvingPruner({ bootstrapCount: 2 })).toThrow(
    'bootstrapCount is 2, must be 0 where minResource is null',
  );
  expect(() => new SuccessiveHalvingPruner({ reductionFactor: 1 })).toThrow(
    'reductionFactor is 1, must be an integer >= 2',
  );
});
