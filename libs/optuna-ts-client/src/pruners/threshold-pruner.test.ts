import { expect, test } from 'vitest';
import type { PrunerContext } from './pruner.js';
import { ThresholdPruner } from './threshold-pruner.js';

const context: PrunerContext = {
  directions: ['minimize'],
  curveObjective: 0,
  objectiveNames: ['loss'],
  stepName: 'epoch',
};
const decide = (pruner: ThresholdPruner, ...values: number[]) =>
  pruner.decide(
    context,
    {
      number: 0,
      params: {},
      intermediateValues: new Map(values.map((value, step) => [step, value])),
      knownValues: [],
      knownConstraints: [],
    },
    [],
  );

test('ThresholdPruner says which bound was left', () => {
  const pruner = new ThresholdPruner({ lower: 0, upper: 5 });
  expect(decide(pruner, 1, 7)).toEqual({ prune: true, reason: 'loss 7 at epoch 1 is above the upper bound 5' });
  expect(decide(pruner, -1)).toEqual({ prune: true, reason: 'loss -1 at epoch 0 is below the lower bound 0' });
  expect(decide(pruner, 7, 5)).toEqual({ prune: false, reason: 'loss 5 at epoch 1 is within the bounds' });
});

test('ThresholdPruner without bounds stops at NaN alone', () => {
  expect(decide(new ThresholdPruner(), 1, Number.NaN)).toEqual({ prune: true, reason: 'loss is NaN at epoch 1' });
  expect(decide(new ThresholdPruner(), Number.POSITIVE_INFINITY).prune).toBe(false);
});

test('ThresholdPruner refuses bounds that exclude each other', () => {
  expect(() => new ThresholdPruner({ lower: 2, upper: 1 })).toThrow('lower is 2, must be at most upper (1)');
});
