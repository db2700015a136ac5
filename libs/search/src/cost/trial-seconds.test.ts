import { expect, test } from 'vitest';
import type { EpochReport } from '../trial.js';
import { computedTrainSeconds, pictureCounts, trialSeconds } from './trial-seconds.js';

const report = (epoch: number, trainSeconds: number, evaluationSeconds = 1): EpochReport => ({
  ...{ epoch, trainLoss: 1, validationLoss: 1, accuracy: 0.5 },
  ...{ trainSeconds, evaluationSeconds },
});
const trial = { state: 'COMPLETE' as const, startedAt: new Date(0), finishedAt: new Date(30_000) };
const counts = { train: 10, validation: 5 };

test('pictureCounts() adds up the classes', () => {
  expect(
    pictureCounts([
      { train: 3, validation: 1 },
      { train: 7, validation: 4 },
    ]),
  ).toEqual(counts);
});

test('trialSeconds() tells training and evaluation a picture, and what is left of the wall time', () => {
  expect(trialSeconds(trial, [report(1, 8), report(2, 12)], 0, counts)).toEqual({
    trainPerPicture: 1,
    evaluationPerPicture: 0.2,
    fixed: 8,
    pictures: 15,
  });
});

test('trialSeconds() leaves the epochs out that another trial computed', () => {
  const seconds = trialSeconds(trial, [report(1, 500), report(2, 12)], 1, counts);
  expect(seconds).toMatchObject({ trainPerPicture: 1.2, fixed: 17 });
  expect(trialSeconds(trial, [report(1, 500)], 1, counts)).toBeNull();
});

test('trialSeconds() says nothing of a trial that failed', () => {
  expect(trialSeconds({ ...trial, state: 'FAIL' }, [report(1, 8)], 0, counts)).toBeNull();
});

test('computedTrainSeconds() counts the epochs that the trial computed itself', () => {
  const reports = [report(1, 8), report(2, 12)];
  expect(computedTrainSeconds({ continuedFrom: 0 }, reports)).toBe(20);
  expect(computedTrainSeconds({ continuedFrom: 1 }, reports)).toBe(12);
});
