import { describe, expect, test } from 'vitest';
import type { LogNormal } from '../cost/log-spread.js';
import type { TrialDuration } from '../ports/trial-repository.js';
import { makeStudySpec } from '../testing/make-study-spec.js';
import { trialMix } from './draw-trials.js';
import { type StudyOutlook, simulateStudy } from './simulate-study.js';
import { studyPace } from './study-pace.js';

const exactly = (median: number): LogNormal => ({ median, bias: 0, noise: 0 });
/** Ten seconds an epoch for deep, one for shallow, two besides. */
const cost = {
  candidate: ({ retrainDepth }: { retrainDepth: string }) => ({
    source: 'record' as const,
    epoch: exactly(retrainDepth === 'deep' ? 10 : 1),
    fixed: exactly(2),
    firstFixed: null as LogNormal | null,
  }),
};
const spec = makeStudySpec({ datasetId: 'd' });
const endless = Number.POSITIVE_INFINITY;

function trial(changes: Partial<TrialDuration> & { depth?: 'deep' | 'shallow'; epochs?: number } = {}): TrialDuration {
  const { depth = 'deep', epochs = 5, ...rest } = changes;
  return {
    ...{
      number: 0,
      state: 'WAITING',
      epoch: 0,
      seconds: null,
      fromEpoch: 0,
      reportedSeconds: 0,
      sinceReportSeconds: 0,
      workerId: null,
    },
    parameters: { architecture: 'resnet18', retrainDepth: depth, learningRate: 0.01, epochs },
    ...rest,
  };
}

function forecast(changes: Partial<StudyOutlook> = {}) {
  return simulateStudy({
    trials: [],
    unmade: 0,
    epochs: spec.searchSpace.epochs,
    mix: trialMix(spec, [], 0, new Set()),
    workers: [{ id: 'a', cost }],
    preparationSeconds: 0,
    left: { wallSeconds: endless, beginSeconds: endless, trainSeconds: endless },
    seed: 1,
    ...changes,
  });
}

describe('simulateStudy()', () => {
  test('adds up what waits on one worker, and spreads it over several', () => {
    const trials = [trial(), trial({ number: 1, depth: 'shallow' }), trial({ number: 2 })];
    const one = forecast({ trials });
    expect(one.seconds / (52 + 7 + 52)).toBeCloseTo(1, 1);
    expect(one).toMatchObject({ trials: 3, epochs: 15, end: 'trials' });
    const two = forecast({
      trials,
      workers: [
        { id: 'a', cost },
        { id: 'b', cost },
      ],
    });
    expect(two.seconds / (7 + 52)).toBeCloseTo(1, 1);
  });

  test('a running trial goes on at its own pace, and takes the time since its last report off', () => {
    const running = trial({
      state: 'RUNNING',
      epoch: 2,
      seconds: 70,
      reportedSeconds: 60,
      sinceReportSeconds: 20,
      workerId: 'a',
    });
    expect(forecast({ trials: [running] }).seconds / (3 * 30 - 20)).toBeCloseTo(1, 1);
    const late = trial({ state: 'RUNNING', epoch: 4, seconds: 500, reportedSeconds: 40, sinceReportSeconds: 400 });
    expect(forecast({ trials: [late] }).seconds).toBeGreaterThan(0.5);
  });

  test('a trial that goes on from another one takes its own epochs, running or drawn', () => {
    const running = trial({ state: 'RUNNING', epoch: 4, fromEpoch: 3, reportedSeconds: 10, workerId: 'a' });
    expect(forecast({ trials: [running] }).seconds / 10).toBeCloseTo(1, 0);
    const waiting = trial({ state: 'RUNNING', epoch: 3, fromEpoch: 3, seconds: 0, workerId: 'a' });
    expect(forecast({ trials: [waiting] }).seconds / (2 + 2 * 10)).toBeCloseTo(1, 0);
    const planned = { ...spec, sampler: { name: 'retune', options: {} } };
    const rungs = forecast({ unmade: 60, mix: trialMix(planned, [], 0, new Set()) });
    expect(rungs.epochs).toBeLessThan(forecast({ unmade: 60 }).epochs);
  });

  test('trials that are not made yet cost what the space costs on the whole, far more of them in proportion', () => {
    // Half of them deep, 3 epochs on average: 2 + 3 × 5.5.
    const few = forecast({ unmade: 100 });
    expect(few.seconds / (100 * 18.5)).toBeCloseTo(1, 0);
    const many = forecast({ unmade: 10_000 });
    expect(many.seconds / few.seconds).toBeGreaterThan(85);
    expect(many.seconds / few.seconds).toBeLessThan(115);
    expect(many.trials).toBeCloseTo(10_000, -1);
  });

  test('the interval is wider for a guess than for a record, and holds the median', () => {
    const guess = {
      candidate: () => ({ ...cost.candidate({ retrainDepth: 'deep' }), epoch: { median: 10, bias: 0.8, noise: 0.1 } }),
    };
    const width = ({ low, high }: { low: number; high: number }) => Math.log(high / low);
    const [sure, unsure] = [
      forecast({ trials: [trial()] }),
      forecast({ trials: [trial()], workers: [{ id: 'a', cost: guess }] }),
    ];
    expect(width(unsure)).toBeGreaterThan(4 * width(sure));
    for (const { low, seconds, high } of [sure, unsure]) expect(low < seconds && seconds < high).toBe(true);
  });

  test('a deadline ends it with the epoch that runs, and no trial begins that cannot make one', () => {
    const wall = forecast({ unmade: 1000, left: { wallSeconds: 100, beginSeconds: endless, trainSeconds: endless } });
    expect(wall.end).toBe('wall');
    expect(wall.high).toBeLessThanOrEqual(111);
    expect(wall.low).toBeGreaterThan(85);
    const short = forecast({ unmade: 5, left: { wallSeconds: 2, beginSeconds: endless, trainSeconds: endless } });
    expect(short.seconds).toBeLessThan(4);
  });

  test('a timeout lets the last trial end, a budget of training ends where it is used up', () => {
    const begin = forecast({ unmade: 1000, left: { wallSeconds: endless, beginSeconds: 100, trainSeconds: endless } });
    expect(begin.end).toBe('begin');
    expect(begin.seconds).toBeGreaterThan(100);
    const train = forecast({ unmade: 1000, left: { wallSeconds: endless, beginSeconds: endless, trainSeconds: 100 } });
    expect(train.end).toBe('train');
    expect(train.seconds).toBeGreaterThan(100);
    expect(train.seconds).toBeLessThan(200);
  });

  test('the first trial of a candidate pays for what later ones find, and preparations come before all', () => {
    const first = { candidate: () => ({ ...cost.candidate({ retrainDepth: 'deep' }), firstFixed: exactly(30) }) };
    const trials = [trial({ epochs: 1 }), trial({ number: 1, epochs: 1 })];
    const workers = [{ id: 'a', cost: first }];
    expect(forecast({ trials, workers }).seconds / (40 + 12)).toBeCloseTo(1, 1);
    expect(forecast({ trials, workers, preparationSeconds: 48 }).seconds / (48 + 40 + 12)).toBeCloseTo(1, 1);
  });

  test('is the same for the same outlook', () => {
    expect(forecast({ unmade: 30 })).toEqual(forecast({ unmade: 30 }));
  });
});

describe('trialMix()', () => {
  test('shortens trials as pruned ones were, and gives architectures that are never trained their seconds', () => {
    const pruned = spec.pruner.name === 'none' ? { ...spec, pruner: { name: 'median', options: {} } } : spec;
    const ended = Array.from({ length: 20 }, (_, number) => trial({ number, state: 'PRUNED', epoch: 1, seconds: 12 }));
    const few = forecast({ unmade: 50, mix: trialMix(pruned, ended, 0, new Set()) });
    expect(few.epochs).toBeLessThan(forecast({ unmade: 50 }).epochs / 1.5);
    const mix = trialMix(pruned, [trial({ state: 'PRUNED', seconds: 3 })], 0, new Set(['alexnet']));
    expect([mix.secondsUntrained('resnet18'), mix.secondsUntrained('alexnet')]).toEqual([3, 0]);
  });

  test('follows an adaptive sampler to what it proposes, and no enqueued trial', () => {
    const tpe = { ...spec, sampler: { name: 'tpe', options: {} } };
    const deep = Array.from({ length: 30 }, (_, number) => trial({ number, state: 'COMPLETE', epoch: 5, seconds: 52 }));
    const secondsFrom = (firstProposal: number) =>
      forecast({ unmade: 60, mix: trialMix(tpe, deep, firstProposal, new Set()) }).seconds;
    expect(secondsFrom(0)).toBeGreaterThan(1.5 * secondsFrom(30));
  });
});

test('studyPace() is what trials took in parts of what they should have, first ones left out', () => {
  const of = (seconds: number, count: number) =>
    Array.from({ length: count }, (_, number) => trial({ number, state: 'COMPLETE', epoch: 5, seconds }));
  expect(studyPace([], cost)).toBe(1);
  expect(studyPace(of(5000, 1), cost)).toBe(1);
  expect(studyPace(of(26, 30), cost)).toBeLessThan(0.6);
  expect(studyPace(of(104, 30), cost)).toBeGreaterThan(1.8);
});
