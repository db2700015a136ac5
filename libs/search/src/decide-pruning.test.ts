import { expect, test } from 'vitest';
import { decidePruning } from './decide-pruning.js';
import { makeStudySpec } from './testing/make-study-spec.js';
import { makeEpochReport } from './testing/make-trial-measures.js';
import type { TrialRecord } from './trial.js';

const spec = makeStudySpec({
  datasetId: 'd',
  pruner: { name: 'median', options: { startupTrials: 0 } },
  constraints: [
    { metric: 'trainSeconds', atMost: 10 },
    { metric: 'accuracy', atLeast: 0.9 },
  ],
});
const running = {
  number: 3,
  parameters: { architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs: 5 },
  measures: { latencyP95Ms: 9 },
} as TrialRecord;

test('decidePruning() counts the seconds already spent against an upper bound on them', () => {
  const reports = [1, 2, 3].map((epoch) => makeEpochReport(epoch)); // 4 s each
  expect(decidePruning(spec, running, reports.slice(0, 2), [])).toBeNull();
  expect(decidePruning(spec, running, reports, [])).toMatch(/trainSeconds is violated by 2/);
});

test('decidePruning() does not hold an accuracy that is still rising against its bound', () => {
  expect(decidePruning(spec, running, [makeEpochReport(1, 0.2)], [])).toBeNull();
});

test('decidePruning() tells the pruner how long a trial will run, what it is like, and that spent seconds only grow', () => {
  const bySeconds = makeStudySpec({
    datasetId: 'd',
    pruner: { name: 'pareto', options: {} },
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'trainSeconds', direction: 'minimize' },
    ],
  });
  const accuracies = (end: number) => [1, 2, 3, 4, 5].map((epoch) => end - 0.3 * 0.5 ** epoch);
  const history = [0.8, 0.85, 0.9].map((end, number) => ({
    trialId: `t${number}`,
    number,
    state: 'COMPLETE' as const,
    parameters: running.parameters,
    metrics: { accuracy: accuracies(end)[4], trainSeconds: 14 },
    correct: null,
    validationImages: null,
    constraints: [],
    failReason: null,
    epoch: 5,
    curve: accuracies(end).map((accuracy, index): [number, number] => [index + 1, accuracy]),
  }));
  const reports = accuracies(0.7).map((accuracy, index) => makeEpochReport(index + 1, accuracy)); // 4 s each
  const after = (epochs: number, trial = running) => decidePruning(bySeconds, trial, reports.slice(0, epochs), history);
  expect(after(3)).toBeNull(); // 12 s: it may still be the faster one
  expect(after(4)).toMatch(
    /^accuracy 0\.68\d+ at epoch 4 can become .* with the same architecture and retrainDepth suggest/,
  );
  expect(after(5)).toBeNull(); // nothing is left to save
  expect(after(4, { ...running, parameters: { ...running.parameters, retrainDepth: 'shallow' } })).toMatch(/1 of arch/);
});
