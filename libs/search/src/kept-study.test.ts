import { expect, test } from 'vitest';
import { toFrozenTrials } from './frozen-trials.js';
import { KeptStudy } from './kept-study.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const spec = makeStudySpec({ datasetId: 'd' });

function row(changes: Partial<TrialHistory> = {}): TrialHistory {
  return {
    trialId: 't',
    number: 0,
    state: 'COMPLETE',
    parameters: { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 3 },
    metrics: { accuracy: 0.9, latencyP95Ms: 12 },
    correct: 9,
    validationImages: 10,
    constraints: [{ metric: 'latencyP95Ms', violation: -2 }],
    failReason: null,
    epoch: 3,
    curve: [[3, 0.9]],
    ...changes,
  };
}

test('KeptStudy.freeze() gives what toFrozenTrials() gives, finished trials as the same objects', () => {
  const kept = new KeptStudy(spec);
  const first = kept.freeze([row(), row({ number: 1, state: 'RUNNING' })]);
  const rows = [row(), row({ number: 1 }), row({ number: 2, state: 'WAITING' })];
  const second = kept.freeze(rows);
  expect(second).toEqual(toFrozenTrials(spec, rows));
  expect(second[0]).toBe(first[0]);
  expect(second[1]).not.toBe(first[1]);
  expect(second[1].distributions).toBe(second[0].distributions);
});

test.each<[string, Partial<TrialHistory>]>([
  ['the row of another trial', { trialId: 'u' }],
  ['another state', { state: 'PRUNED' }],
  ['another metric', { metrics: { accuracy: 0.8, latencyP95Ms: 12 } }],
  ['a metric more', { metrics: { accuracy: 0.9, latencyP95Ms: 12, sizeBytes: 1 } }],
  ['another parameter', { parameters: { ...row().parameters, epochs: 2 } }],
  ['another violation', { constraints: [{ metric: 'latencyP95Ms', violation: 1 }] }],
  ['another curve', { curve: [[3, 0.8]] }],
  ['another reason', { failReason: 'cancelled' }],
])('KeptStudy.freeze() reads a finished trial anew where it has %s', (_, changes) => {
  const kept = new KeptStudy(spec);
  kept.freeze([row()]);
  const changed = [row(changes)];
  expect(kept.freeze(changed)).toEqual(toFrozenTrials(spec, changed));
});
