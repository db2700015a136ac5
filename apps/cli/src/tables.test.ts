import { describe, expect, test } from 'vitest';
import { type Profile, paretoFront, type Trial, trial } from '#api-contract';
import { compareWithScratch } from './demo/compare-with-scratch.js';
import { constraintText, learningRateText, renderFront, renderProfiles, renderTable, renderTrials } from './tables.js';
import { trialLine } from './trial-line.js';

const id = '1b671a64-40d5-491e-99b0-da01ff1f3341';
const complete: Trial = trial.parse({
  id,
  studyId: id,
  number: 6,
  state: 'COMPLETE',
  parameters: { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01234, epochs: 8 },
  attempt: 1,
  workerId: 'w',
  device: null,
  latencyDevice: null,
  epoch: 8,
  measures: { accuracy: 0.928, latencyP95Ms: 12.34, sizeBytes: 44_700_000, trainSeconds: 8.4 },
  accuracyInterval: { low: 0.876, high: 0.959 },
  constraints: [],
  feasible: true,
  onFront: true,
  pruneReason: null,
  failReason: null,
  failMessage: null,
  checkpoint: null,
  createdAt: '2026-11-24T00:00:00Z',
  startedAt: null,
  finishedAt: null,
});
const pruned: Trial = {
  ...complete,
  number: 12,
  state: 'PRUNED',
  parameters: { ...complete.parameters, architecture: 'squeezenet1_1', retrainDepth: 'scratch' },
  epoch: 2,
  measures: { accuracy: 0.601 },
  accuracyInterval: null,
  onFront: false,
  pruneReason: 'below the median',
};
const failed: Trial = {
  ...pruned,
  state: 'FAIL',
  measures: {},
  pruneReason: null,
  failReason: 'diverged',
  failMessage: 'a\nb',
};

describe('tables', () => {
  test('renderTable() aligns numbers right and leaves no blanks at the end of a line', () => {
    const rows = [
      { name: 'a', count: 7 },
      { name: 'long', count: 1234 },
    ];
    const table = renderTable(rows, [
      { head: 'name', cell: ({ name }) => name },
      { head: 'count', cell: ({ count }) => String(count), numeric: true },
    ]);
    expect(table).toBe(['name  count', 'a         7', 'long   1234'].join('\n'));
  });

  test('renderFront() shows the ranked trials with every measure and its unit', () => {
    const front = paretoFront.parse({
      studyId: id,
      objectives: [{ metric: 'accuracy', direction: 'maximize' }],
      items: [{ rank: 1, trial: complete }],
      considered: 3,
      feasible: 1,
      explanation: null,
    });
    const [head, row] = renderFront(front).split('\n');
    expect(head?.split(/ {2,}/).map((cell) => cell.trim())).toEqual([
      'rank',
      'trial',
      'architecture',
      'depth',
      'learning rate',
      'epochs',
      'accuracy (95 %)',
      'latency p95',
      'size',
      'training',
    ]);
    expect(row?.trim().split(/ {2,}/)).toEqual([
      '1',
      '#6',
      'resnet18',
      'deep',
      '0.012',
      '8',
      '92.8 % (87.6–95.9)',
      '12.3 ms',
      '44.7 MB',
      '8.4 s',
    ]);
  });

  test('renderTrials() shows the epochs reached, the state and the reason', () => {
    const [, first, second, third] = renderTrials([complete, pruned, failed]).split('\n');
    expect(first).toMatch(/COMPLETE \*$/);
    expect(second).toMatch(/2\/8 .* PRUNED +below the median$/);
    expect(third).toMatch(/FAIL +diverged: a$/);
  });

  test('trialLine() keeps its columns below each other', () => {
    const [one, two] = [trialLine(complete), trialLine(pruned)];
    expect(one).toBe('#6   resnet18      deep     lr 0.012       8 epochs   92.8 % (87.6–95.9)   12.3 ms  complete');
    expect(two?.indexOf('60.1 %')).toBe(one.indexOf('92.8 %') + '92.8 % (87.6–95.9)'.length - '60.1 %'.length);
    expect(two).toMatch(/2\/8 epochs .* {2}pruned: below the median$/);
  });

  test('constraintText() writes bounds in their unit', () => {
    expect(constraintText({ metric: 'latencyP95Ms', atMost: 20 })).toBe('latencyP95Ms at most 20.0 ms');
    expect(constraintText({ metric: 'accuracy', atLeast: 0.85 })).toBe('accuracy at least 85.0 %');
    expect(constraintText({ metric: 'sizeBytes', atMost: 5e6 })).toBe('sizeBytes at most 5.00 MB');
    expect(constraintText({ metric: 'trainSeconds', atMost: 30 })).toBe('trainSeconds at most 30 s');
  });

  test('compareWithScratch() compares the best of both sides, pruned ones included', () => {
    const sentence = compareWithScratch([pruned, complete, { ...complete, measures: { accuracy: 0.7 } }, failed]);
    expect(sentence).toBe(
      'Pretrained weights reach 92.8 % (87.6–95.9) (resnet18 deep, 8.4 s of training), ' +
        'training from scratch 60.1 % (squeezenet1_1, pruned): 32.7 points more.',
    );
    expect(compareWithScratch([complete])).toBe('');
  });
});

test('learningRateText() names the depths with a range of their own', () => {
  expect(learningRateText({ low: 0.001, high: 0.1 })).toBe('0.001 to 0.1');
  const perDepth = { deep: { low: 0.0001, high: 0.01 } };
  expect(learningRateText({ low: 0.001, high: 0.1, perDepth })).toBe('0.001 to 0.1, deep 0.0001 to 0.01');
});

test('renderProfiles() shows every batch, and says of a profile that it drifted or failed', () => {
  const statistics = {
    latencies: [
      { batch: 1, p50Ms: 1.25, p95Ms: 2, p99Ms: 3, repeats: 200 },
      { batch: 4, p50Ms: 4, p95Ms: 5.5, p99Ms: 6, repeats: 125 },
    ],
    ...{ sizeBytes: 2_900_000, parameterCount: 722_000, peakMemoryBytes: 150_000_000 },
  };
  const profile: Profile = {
    ...{ id, architecture: 'squeezenet1_1', classes: 2, imageSize: 64, threads: 2, runtime: 'onnxruntime 1.0.0' },
    ...{
      device: { class: 'cpu', name: 'two cores' },
      state: 'COMPLETE',
      statistics,
      measuredAt: '2026-11-24T10:30:00Z',
    },
    ...{ drift: null, failReason: null, failMessage: null },
  };
  const drift = { batch: 4, recordedMs: 4, measuredMs: 6, at: '2026-11-25T00:00:00Z' };
  const failed = { state: 'FAIL', statistics: null, measuredAt: null, failMessage: 'too large' } as const;
  const text = renderProfiles([profile, { ...profile, drift }, { ...profile, ...failed }]);
  expect(text).toContain('cpu (two cores), 2 threads');
  expect(text).toContain('1: 1.25 ms / 2.00 ms, 4: 4.00 ms / 5.50 ms');
  expect(text).toContain('COMPLETE, drifted: batch 4 took 6.00 ms, not 4.00 ms');
  expect(text).toContain('FAIL: too large');
});
