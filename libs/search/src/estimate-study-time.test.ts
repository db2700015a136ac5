import { describe, expect, test } from 'vitest';
import { estimateStudyTime } from './estimate-study-time.js';
import type { TrialDuration } from './ports/trial-repository.js';
import type { RetrainDepth } from './search-space.js';
import type { TrialState } from './trial.js';

function trial(
  state: TrialState,
  {
    architecture = 'alexnet',
    retrainDepth = 'deep' as RetrainDepth,
    epochs = 10,
    epoch = 0,
    seconds = null as number | null,
  },
): TrialDuration {
  return { state, parameters: { architecture, retrainDepth, learningRate: 0.01, epochs }, epoch, seconds };
}

const finished = trial('COMPLETE', { epoch: 10, seconds: 100 });

describe('estimateStudyTime()', () => {
  test('is null where nothing is known, nobody works, or nothing is left', () => {
    expect(estimateStudyTime({ trials: [], unmade: 5, workers: 1 })).toBeNull();
    expect(estimateStudyTime({ trials: [finished], unmade: 5, workers: 0 })).toBeNull();
    expect(estimateStudyTime({ trials: [finished], unmade: 0, workers: 1 })).toBeNull();
  });

  test('gives trials that are not made yet the time of the mean finished trial, spread over the workers', () => {
    const trials = [finished, trial('PRUNED', { epoch: 2, seconds: 20 })];
    expect(estimateStudyTime({ trials, unmade: 6, workers: 1 })).toBeCloseTo(360);
    expect(estimateStudyTime({ trials, unmade: 6, workers: 3 })).toBeCloseTo(120);
  });

  test('takes the seconds per epoch of the same architecture and depth, else of the depth, else of all', () => {
    const shallow = trial('COMPLETE', { retrainDepth: 'shallow', epoch: 10, seconds: 10 });
    const left = (changes: Parameters<typeof trial>[1]) =>
      estimateStudyTime({
        trials: [finished, shallow, trial('RUNNING', { epoch: 5, seconds: null, ...changes })],
        unmade: 0,
        workers: 1,
      });
    expect(left({ architecture: 'alexnet', retrainDepth: 'deep' })).toBeCloseTo(50);
    expect(left({ architecture: 'vgg16', retrainDepth: 'shallow' })).toBeCloseTo(5);
    expect(left({ architecture: 'vgg16', retrainDepth: 'scratch' })).toBeCloseTo(27.5);
  });

  test('learns from the running trials when none has finished', () => {
    const running = trial('RUNNING', { epoch: 4, seconds: 40 });
    expect(estimateStudyTime({ trials: [running], unmade: 0, workers: 1 })).toBeCloseTo(60);
    expect(estimateStudyTime({ trials: [running], unmade: 2, workers: 1 })).toBeCloseTo(260);
  });

  test('is at least the longest running trial, however many workers there are', () => {
    const trials = [finished, trial('RUNNING', { epochs: 100, epoch: 10, seconds: 100 })];
    expect(estimateStudyTime({ trials, unmade: 0, workers: 50 })).toBeCloseTo(900);
  });

  test('shortens waiting trials by the share that finished ones ran, and ignores failed ones', () => {
    const trials = [
      finished,
      trial('PRUNED', { epoch: 5, seconds: 50 }),
      trial('FAIL', { epoch: 1, seconds: 9999 }),
      trial('WAITING', {}),
    ];
    expect(estimateStudyTime({ trials, unmade: 0, workers: 1 })).toBeCloseTo(75);
  });
});
