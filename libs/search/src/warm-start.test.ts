import { expect, test } from 'vitest';
import type { TrialHistory } from './ports/trial-repository.js';
import { proposeTrial } from './propose-trial.js';
import { makeStudySpec } from './testing/make-study-spec.js';
import { toWarmTrials } from './warm-start.js';

const spec = makeStudySpec({
  datasetId: 'd',
  sampler: { name: 'tpe', options: { startupTrials: 3 } },
  constraints: [{ metric: 'latencyP95Ms', atMost: 15 }],
  warmStart: { studyIds: ['e'], weight: 0.25 },
});

function earlier(number: number, changes: Partial<TrialHistory> = {}): TrialHistory {
  return {
    trialId: `t${number}`,
    number,
    state: 'COMPLETE',
    parameters: { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.001 * (number + 1), epochs: 3 },
    metrics: { accuracy: 0.9 - number / 50, latencyP95Ms: 10 + number },
    correct: null,
    validationImages: null,
    constraints: [],
    failReason: null,
    epoch: 3,
    curve: [],
    ...changes,
  };
}

const history = Array.from({ length: 10 }, (_, number) => earlier(number));

test('toWarmTrials() numbers below 0, weighs, and judges by the new constraints', () => {
  const trials = toWarmTrials(spec, history);
  expect(trials.map(({ number }) => number)).toEqual([-10, -9, -8, -7, -6, -5, -4, -3, -2, -1]);
  expect(trials.every(({ weight }) => weight === 0.25)).toBe(true);
  expect(trials.map(({ constraints }) => constraints?.[0])).toEqual(history.map((_, number) => number - 5));
  expect(toWarmTrials({ ...spec, warmStart: undefined }, history)).toEqual([]);
});

test('toWarmTrials() leaves out what lies outside of the new space or has no result', () => {
  const { parameters } = history[0];
  const kept = toWarmTrials(spec, [
    earlier(0, { parameters: { ...parameters, architecture: 'vgg16' } }),
    earlier(1, { parameters: { ...parameters, learningRate: 0.5 } }),
    earlier(2, { parameters: { ...parameters, epochs: 50 } }),
    earlier(3, { parameters: { ...parameters, retrainDepth: 'scratch' } }),
    earlier(4, { metrics: { accuracy: 0.9 } }),
    earlier(5, { state: 'PRUNED', metrics: { latencyP95Ms: 30 } }),
    earlier(6),
  ]);
  expect(kept.map(({ number, state }) => [number, state])).toEqual([
    [-2, 'PRUNED'],
    [-1, 'COMPLETE'],
  ]);
});

test('proposeTrial() learns from earlier trials at once, and tries their configurations anew', () => {
  expect(proposeTrial(spec, [], 0, history)).not.toEqual(proposeTrial(spec, [], 0));
  expect(proposeTrial(spec, [], 0, history)).toEqual(proposeTrial(spec, [], 0, history));
  const single = {
    ...spec,
    searchSpace: {
      architecture: ['resnet18'],
      retrainDepth: ['deep' as const],
      learningRate: { low: 0.001, high: 0.001 },
      epochs: [3],
    },
  };
  expect(proposeTrial(single, [], 0, history)).toEqual(history[0].parameters);
  expect(proposeTrial(single, [history[0]], 1, history)).toBeNull();
});
