import { expect, test } from 'vitest';
import { makeTrial } from '../testing/make-trial.js';
import { MedianPruner } from './median-pruner.js';
import { PatientPruner } from './patient-pruner.js';
import type { PrunerContext, RunningTrial } from './pruner.js';

const context: PrunerContext = {
  directions: ['maximize'],
  curveObjective: 0,
  objectiveNames: ['accuracy'],
  stepName: 'epoch',
};
const trial: RunningTrial = {
  number: 9,
  params: {},
  intermediateValues: new Map([0.6, 0.7, 0.5, 0.4].map((accuracy, index) => [index + 1, accuracy])),
  knownValues: [],
  knownConstraints: [],
};
const better = makeTrial({ number: 0, curve: [0, 0.8, 0.8, 0.8, 0.8] });
const worse = makeTrial({ number: 0, curve: [0, 0.2, 0.2, 0.2, 0.2] });

test('PatientPruner stops a stalled trial, or lets the wrapped pruner decide, and says both', () => {
  const stalled = 'accuracy 0.5 since epoch 3 is worse than 0.7 before';
  expect(new PatientPruner(null, { patience: 1 }).decide(context, trial, [])).toEqual({ prune: true, reason: stalled });
  const wrapping = new PatientPruner(new MedianPruner({ startupTrials: 1 }), { patience: 1 });
  expect(wrapping.reads).toBe('last-step');
  expect(wrapping.decide(context, trial, [better])).toEqual({
    prune: true,
    reason: `${stalled}; accuracy 0.7 at epoch 4 is below the median 0.8 of 1 comparable trial`,
  });
  expect(wrapping.decide(context, trial, [worse]).prune).toBe(false);
  expect(new PatientPruner(null, { patience: 1, minDelta: 0.3 }).decide(context, trial, []).prune).toBe(false);
  expect(new PatientPruner(null).decide(context, trial, []).reason).toBe('4 reports, more than 4 are needed');
});

test('PatientPruner needs no patience for a violated constraint, unless the wrapped pruner does not heed it', () => {
  const violating = { ...trial, intermediateValues: new Map(), knownConstraints: [1] };
  expect(new PatientPruner(null).decide(context, violating, []).prune).toBe(true);
  expect(new PatientPruner(new MedianPruner()).decide(context, violating, []).prune).toBe(true);
  const blind = new PatientPruner(new MedianPruner({ pruneInfeasible: false }));
  expect(blind.decide(context, violating, []).prune).toBe(false);
});
