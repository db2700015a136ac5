import { expect, test } from 'vitest';
import type { TrialHistory } from './ports/trial-repository.js';
import { proposeTrial } from './propose-trial.js';
import type { TrialParameters } from './search-space.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const spec = makeStudySpec({
  datasetId: 'd',
  sampler: { name: 'tpe', options: { startupTrials: 2 } },
  constraints: [{ metric: 'latencyP95Ms', atMost: 20 }],
  searchSpace: {
    architecture: ['alexnet', 'resnet18', 'vgg16'],
    retrainDepth: ['shallow', 'partial', 'deep', 'scratch'],
    learningRate: { low: 1e-5, high: 0.1 },
    epochs: { low: 2, high: 10, step: 4 },
  },
});

const propose = (...asked: Parameters<typeof proposeTrial>) => proposeTrial(...asked) as TrialParameters;

function history(count: number): TrialHistory[] {
  return Array.from({ length: count }, (_, number) => ({
    trialId: `t${number}`,
    number,
    state: number % 4 === 3 ? 'PRUNED' : 'COMPLETE',
    parameters: propose(spec, [], number),
    metrics: number % 4 === 3 ? { latencyP95Ms: 30 } : { accuracy: 0.5 + number / 100, latencyP95Ms: 10 + number },
    correct: null,
    validationImages: null,
    constraints: [{ metric: 'latencyP95Ms', violation: number % 4 === 3 ? 10 : number - 10 }],
    failReason: null,
    epoch: 2,
    curve: [],
  }));
}

test('proposeTrial() stays inside the search space, on the grid of the epochs', () => {
  const past = history(20);
  for (let number = 20; number < 60; number++) {
    const { architecture, retrainDepth, learningRate, epochs } = propose(spec, past, number);
    expect(spec.searchSpace.architecture).toContain(architecture);
    expect(spec.searchSpace.retrainDepth).toContain(retrainDepth);
    expect(learningRate).toBeGreaterThanOrEqual(1e-5);
    expect(learningRate).toBeLessThanOrEqual(0.1);
    expect([2, 6, 10]).toContain(epochs);
  }
});

test('proposeTrial() is the same for the same history and number, and another for another number', () => {
  const past = history(12);
  expect(proposeTrial(spec, past, 12)).toEqual(proposeTrial(spec, past, 12));
  expect(proposeTrial(spec, past, 13)).not.toEqual(proposeTrial(spec, past, 12));
});

test('proposeTrial() draws epochs from a list, and takes trials that were enqueued', () => {
  const listed = { ...spec, searchSpace: { ...spec.searchSpace, epochs: [3, 30] } };
  const past = history(6).map((trial) => ({ ...trial, parameters: { ...trial.parameters, epochs: 30 } }));
  for (let number = 6; number < 16; number++) expect([3, 30]).toContain(propose(listed, past, number).epochs);
});

test('proposeTrial() is null once a grid over the learning rates has been gone through', () => {
  const grid = {
    ...spec,
    sampler: { name: 'grid', options: { pointsPerAxis: 3 } },
    searchSpace: { ...spec.searchSpace, architecture: ['alexnet'], retrainDepth: ['deep' as const], epochs: [2, 4] },
  };
  const past: TrialHistory[] = [];
  for (let number = 0; number < 6; number++) {
    past.push({ ...history(1)[0], number, parameters: propose(grid, past, number), state: 'WAITING' });
  }
  expect(new Set(past.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(6);
  expect([...new Set(past.map(({ parameters }) => parameters.learningRate))].sort((a, b) => a - b)).toEqual([
    1e-5, 1e-3, 0.1,
  ]);
  expect(proposeTrial(grid, past, 6)).toBeNull();
});

test.each(['random', 'tpe'])('proposeTrial() draws the learning rate from the range of the depth: %s', (name) => {
  const perDepth = { deep: { low: 1e-5, high: 1e-4 }, scratch: { low: 0.01, high: 0.1 } };
  const own = {
    ...spec,
    sampler: { name, options: name === 'tpe' ? { startupTrials: 2 } : {} },
    searchSpace: { ...spec.searchSpace, learningRate: { low: 0.001, high: 0.002, perDepth } },
  };
  const past: TrialHistory[] = [];
  const depths = new Set<string>();
  for (let number = 0; number < 40; number++) {
    const parameters = propose(own, past, number);
    const { retrainDepth, learningRate } = parameters;
    const { low, high } = { ...perDepth, shallow: own.searchSpace.learningRate, partial: own.searchSpace.learningRate }[
      retrainDepth
    ];
    expect(learningRate >= low && learningRate <= high, `${learningRate} for ${retrainDepth}`).toBe(true);
    depths.add(retrainDepth);
    past.push({ ...history(1)[0], number, parameters, metrics: { accuracy: number / 100, latencyP95Ms: 10 } });
  }
  expect(depths.size).toBe(4);
  expect(propose(own, past, 40)).toEqual(propose(own, past, 40));
});

test('proposeTrial() is null once every point of a finite space was tried; cancelled trials leave theirs to be tried', () => {
  const finite = {
    ...spec,
    searchSpace: {
      architecture: ['alexnet', 'resnet18'],
      retrainDepth: ['deep' as const],
      learningRate: { low: 0.01, high: 0.01 },
      epochs: [2, 4],
    },
  };
  const past: TrialHistory[] = [];
  for (let number = 0; number < 4; number++) {
    past.push({ ...history(1)[0], number, parameters: propose(finite, past, number), state: 'RUNNING' });
  }
  expect(new Set(past.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(4);
  expect(proposeTrial(finite, past, 4)).toBeNull();
  past[2] = { ...past[2], state: 'FAIL', failReason: 'cancelled' };
  expect(proposeTrial(finite, past, 4)).toEqual(past[2].parameters);
  const perDepth = { deep: { low: 0.02, high: 0.02 } };
  const ownRates = {
    ...finite,
    searchSpace: { ...finite.searchSpace, learningRate: { low: 0.01, high: 0.1, perDepth } },
  };
  const rated = past.map((trial) => ({ ...trial, parameters: { ...trial.parameters, learningRate: 0.02 } }));
  expect(propose(ownRates, rated, 4)).toEqual(rated[2].parameters);
  rated[2] = { ...rated[2], failReason: null };
  expect(proposeTrial(ownRates, rated, 4)).toBeNull();
});
