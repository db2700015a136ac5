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
