import { expect, test } from 'vitest';
import { curveObjectiveOf, toFrozenTrials } from './frozen-trials.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const spec = makeStudySpec({ datasetId: 'd' });

function trial(changes: Partial<TrialHistory>): TrialHistory {
  return {
    trialId: 't',
    number: 0,
    state: 'COMPLETE',
    parameters: { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 3 },
    metrics: { accuracy: 0.9, latencyP95Ms: 12 },
    correct: 9,
    validationImages: 10,
    constraints: [],
    failReason: null,
    epoch: 3,
    curve: [
      [1, 0.7],
      [2, 0.9],
    ],
    ...changes,
  };
}

test('toFrozenTrials() gives values in the order of the objectives, and choices as indexes', () => {
  const [frozen] = toFrozenTrials(spec, [trial({})]);
  expect(frozen).toMatchObject({
    values: [0.9, 12],
    internalParams: { architecture: 1, retrainDepth: 1, learningRate: 0.01, epochs: 3 },
    constraints: [],
  });
  expect([...frozen.intermediateValues]).toEqual([
    [1, 0.7],
    [2, 0.9],
  ]);
});

test('toFrozenTrials() gives no values to unfinished trials, and the last accuracy to a pruned one with that objective alone', () => {
  const single = { ...spec, objectives: [spec.objectives[0]] };
  expect(toFrozenTrials(spec, [trial({ state: 'RUNNING' })])[0].values).toBeNull();
  expect(toFrozenTrials(spec, [trial({ state: 'PRUNED' })])[0].values).toBeNull();
  expect(toFrozenTrials(single, [trial({ state: 'PRUNED' })])[0].values).toEqual([0.9]);
  expect(toFrozenTrials(spec, [trial({ metrics: { accuracy: 1 } })])[0].values).toBeNull();
});

test('toFrozenTrials() lets a known violation be learnt from although another constraint is unknown', () => {
  const violations = (...values: (number | null)[]) =>
    toFrozenTrials(spec, [
      trial({ constraints: values.map((violation) => ({ metric: 'latencyP95Ms' as const, violation })) }),
    ])[0].constraints;
  expect(violations(-1, 2)).toEqual([-1, 2]);
  expect(violations(null, 2)).toEqual([0, 2]);
  expect(violations(null, -2)).toBeNull();
});

test('curveObjectiveOf() finds accuracy; without it no curve is passed on', () => {
  const bySize = { ...spec, objectives: [{ metric: 'sizeBytes', direction: 'minimize' }] as const };
  expect([curveObjectiveOf(spec.objectives), curveObjectiveOf(bySize.objectives)]).toEqual([0, -1]);
  expect(toFrozenTrials(bySize, [trial({})])[0].intermediateValues.size).toBe(0);
});
