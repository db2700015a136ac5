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

const trained = [0.8, 0.85, 0.9].map((end, number) => ({
  trialId: `t${number}`,
  number,
  state: 'COMPLETE' as const,
  parameters: { ...running.parameters, epochs: 8 },
  metrics: { accuracy: end, latencyP95Ms: 9 + number / 10 },
  correct: null,
  validationImages: null,
  constraints: [{ metric: 'accuracy' as const, violation: 0.75 - end }],
  failReason: null,
  epoch: 8,
  curve: [1, 2, 3, 4, 5, 6, 7, 8].map((epoch): [number, number] => [epoch, end - 0.3 * 0.5 ** epoch]),
}));
const poor = [1, 2, 3, 4].map((epoch) => makeEpochReport(epoch, 0.7 - 0.3 * 0.5 ** epoch));
const fixed = makeStudySpec({ datasetId: 'd' });
const paretoSpec = {
  ...fixed,
  pruner: { name: 'pareto', options: {} },
  searchSpace: { ...fixed.searchSpace, epochs: [4, 8] },
};

test('decidePruning() asks pareto about an accuracy that is only a constraint, and other pruners not', () => {
  const bounded = {
    ...paretoSpec,
    objectives: [{ metric: 'latencyP95Ms' as const, direction: 'minimize' as const }],
    constraints: [{ metric: 'accuracy' as const, atLeast: 0.75 }],
  };
  const fast = { ...running, parameters: { ...running.parameters, epochs: 8 }, measures: { latencyP95Ms: 5 } };
  expect(decidePruning(bounded, fast, poor, trained)).toMatch(
    /^accuracy 0\.68\d+ at epoch 4 .* accuracy asks for 0\.75$/,
  );
  const median = { ...bounded, pruner: { name: 'median', options: { startupTrials: 0 } } };
  expect(decidePruning(median, fast, poor, trained)).toBeNull();
});

test('decidePruning() does not take the latency of one network, measured twice, for two', () => {
  const again = { ...running, parameters: { ...running.parameters, epochs: 8 }, measures: { latencyP95Ms: 8.9 } };
  expect(decidePruning(paretoSpec, again, poor, trained)).toMatch(/trial 2 is at least as good/);
  const other = { ...again, parameters: { ...again.parameters, architecture: 'resnet18' } };
  expect(decidePruning(paretoSpec, other, poor, trained)).toBeNull();
});

test('decidePruning() of a planned study holds a rung against what it may become with the most epochs', () => {
  const plannedSpec = { ...paretoSpec, sampler: { name: 'retune', options: {} } };
  const rung = { ...running, parameters: { ...running.parameters, epochs: 5 }, measures: { latencyP95Ms: 9 } };
  expect(decidePruning(plannedSpec, rung, poor, trained)).toMatch(/at epoch 4 can become/);
  // At the end of the rung nothing is saved any more.
  expect(
    decidePruning(plannedSpec, { ...rung, parameters: { ...rung.parameters, epochs: 4 } }, poor, trained),
  ).toBeNull();
  const slow = [1, 2, 3].map((epoch) => makeEpochReport(epoch, 0.4 + 0.08 * epoch));
  const short = { ...rung, parameters: { ...rung.parameters, epochs: 4 } };
  expect(decidePruning(paretoSpec, short, slow, trained)).toMatch(/can become 0\.7/);
  expect(decidePruning(plannedSpec, short, slow, trained)).toBeNull();
  const without = { ...plannedSpec, sampler: { name: 'retune', options: { paretoPruning: false } } };
  expect(decidePruning(without, rung, poor, trained)).toBeNull();
});
