import { expect, test } from 'vitest';
import { toFrozenTrials } from './frozen-trials.js';
import { KeptTrials } from './kept-trials.js';
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

test('KeptTrials.freeze() gives what toFrozenTrials() gives, finished trials as the same objects', () => {
  const kept = new KeptTrials();
  const first = kept.freeze('s', spec, [row(), row({ number: 1, state: 'RUNNING' })]);
  const rows = [row(), row({ number: 1 }), row({ number: 2, state: 'WAITING' })];
  const second = kept.freeze('s', structuredClone(spec), rows);
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
])('KeptTrials.freeze() reads a finished trial anew where it has %s', (_, changes) => {
  const kept = new KeptTrials();
  kept.freeze('s', spec, [row()]);
  const changed = [row(changes)];
  expect(kept.freeze('s', spec, changed)).toEqual(toFrozenTrials(spec, changed));
});

test('KeptTrials.freeze() keeps studies apart, forgets where the spec changed, and keeps 32 at most', () => {
  const kept = new KeptTrials();
  const [first] = kept.freeze('s', spec, [row()]);
  expect(kept.freeze('other', spec, [row()])[0]).not.toBe(first);
  expect(kept.freeze('s', { ...spec, seed: spec.seed + 1 }, [row()])[0]).not.toBe(first);
  const [again] = kept.freeze('s', spec, [row()]);
  for (let study = 0; study < 31; study++) kept.freeze(`s${study}`, spec, [row()]);
  expect(kept.freeze('s', spec, [row()])[0]).toBe(again);
  for (let study = 0; study < 32; study++) kept.freeze(`s${study}`, spec, [row()]);
  expect(kept.freeze('s', spec, [row()])[0]).not.toBe(again);
});
