import { expect, test } from 'vitest';
import type { LearningRateSchedule } from '#api-contract';
import { learningRateOf } from './learning-rate-of.js';

const rates = (schedule: LearningRateSchedule, epochs: number) =>
  Array.from({ length: epochs }, (_, epoch) => learningRateOf(schedule, 0.5, epoch));

test('learningRateOf() leaves a constant rate as it is', () => {
  expect(rates({ kind: 'constant' }, 3)).toEqual([0.5, 0.5, 0.5]);
});

test('learningRateOf() warms up in equal steps and then keeps the whole rate', () => {
  expect(rates({ kind: 'warmup', epochs: 3 }, 5)).toEqual([0.125, 0.25, 0.375, 0.5, 0.5]);
});

test('learningRateOf() steps down once as many epochs are done', () => {
  expect(rates({ kind: 'steps', at: [2, 3], factor: 0.5 }, 5)).toEqual([0.5, 0.5, 0.25, 0.125, 0.125]);
});
