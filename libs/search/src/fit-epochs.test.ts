import { expect, test } from 'vitest';
import { canBegin, fitEpochs } from './fit-epochs.js';

const exact = { bias: 0, noise: 0 };
const cost = {
  candidate: () => ({
    source: 'record' as const,
    epoch: { median: 10, ...exact },
    fixed: { median: 4, ...exact },
    firstFixed: null,
  }),
};
const unsure = {
  candidate: () => ({ ...cost.candidate(), source: 'guess' as const, epoch: { median: 10, bias: 1, noise: 0 } }),
};
const trial = { architecture: 'resnet18', retrainDepth: 'deep' as const, learningRate: 0.01, epochs: 5 };

test('fitEpochs() leaves a trial alone that has the time, and shortens one to the epochs of the space that fit', () => {
  expect(fitEpochs(trial, [1, 5], cost, Number.POSITIVE_INFINITY)).toBe(trial);
  expect(fitEpochs(trial, { low: 1, high: 5, step: 2 }, cost, 54)?.epochs).toBe(5);
  expect(fitEpochs(trial, { low: 1, high: 5, step: 2 }, cost, 53)?.epochs).toBe(3);
  expect(fitEpochs(trial, [5, 2], cost, 30)?.epochs).toBe(2);
});

test('fitEpochs() never lengthens a trial, and is null where the shortest one of the space does not fit', () => {
  expect(fitEpochs({ ...trial, epochs: 1 }, { low: 1, high: 5, step: 1 }, cost, 500)?.epochs).toBe(1);
  expect(fitEpochs(trial, [3, 5], cost, 33)).toBeNull();
});

test('fitEpochs() gives a guess the benefit of the doubt', () => {
  expect(fitEpochs(trial, [1], cost, 10)).toBeNull();
  expect(fitEpochs(trial, [1], unsure, 10)?.epochs).toBe(1);
});

test('canBegin() asks for one epoch, whatever the space and the trial say', () => {
  expect(canBegin(trial, cost, 14)).toBe(true);
  expect(canBegin(trial, cost, 13)).toBe(false);
});
