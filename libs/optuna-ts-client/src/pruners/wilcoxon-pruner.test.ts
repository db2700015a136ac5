import { expect, test } from 'vitest';
import { makeTrial } from '../testing/make-trial.js';
import type { PrunerContext } from './pruner.js';
import { WilcoxonPruner } from './wilcoxon-pruner.js';

const context: PrunerContext = {
  directions: ['maximize', 'minimize'],
  curveObjective: 0,
  objectiveNames: ['accuracy', 'latencyMs'],
  stepName: 'fold',
};

test('WilcoxonPruner compares with the best trial that is at least as fast, and says how sure it is', () => {
  const folds = (values: number[]) => values.map((value, step): [number, number] => [step, value]);
  const fast = makeTrial({ number: 3, curve: folds([0.7, 0.8, 0.75, 0.72, 0.77]), values: [0.748, 5] });
  const slow = makeTrial({ number: 4, curve: folds([0.9, 0.95, 0.9, 0.92, 0.97]), values: [0.928, 9] });
  const trial = {
    number: 9,
    params: {},
    intermediateValues: new Map(folds([0.6, 0.71, 0.67, 0.65])),
    knownValues: [undefined, 9],
    knownConstraints: [],
  };
  const pruner = new WilcoxonPruner();
  expect(pruner.decide(context, trial, [fast, slow])).toEqual({
    prune: true,
    reason: 'p 0.0625 that accuracy is no worse than in the best trial 4, over 4 folds, is below 0.1',
  });
  expect(pruner.decide(context, { ...trial, knownValues: [undefined, 5] }, [fast, slow]).reason).toContain(
    'best trial 3',
  );
  expect(pruner.decide(context, { ...trial, knownValues: [undefined, 4] }, [fast, slow]).prune).toBe(false);
});
