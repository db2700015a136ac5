import { expect, test } from 'vitest';
import type { NamedTensor } from '#primitives';
import { compileTrainer } from './compile-trainer.js';
import { referenceSteps } from './reference-steps.js';
import { smallData, smallPlan } from './small-network.fixture.js';

/** Largest difference relative to the largest value of the tensor. */
function difference(actual: NamedTensor, expected: NamedTensor): number {
  const scale = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
  return actual.data.reduce(
    (worst, value, index) => Math.max(worst, Math.abs(value - expected.data[index]) / scale),
    0,
  );
}

test('compileTrainer() equals tfjs cpu after three steps: loss, parameters, slots, running statistics', async () => {
  const plan = smallPlan();
  const data = smallData(12);
  const trainer = await compileTrainer(plan);
  const result = await trainer.trainEpoch(data, { epoch: 0, learningRate: 0.05 });
  const reference = await referenceSteps(plan, data, { epoch: 0, learningRate: 0.05 });
  const meanLoss = reference.losses.reduce((sum, loss) => sum + loss, 0) / 3;
  expect(Math.abs(result.loss - meanLoss)).toBeLessThan(2e-6);
  for (const [actual, expected] of [
    [trainer.tensors(), reference.tensors],
    [trainer.slots(), reference.slots],
  ]) {
    expect(actual.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
    actual.forEach((tensor, index) => {
      expect(difference(tensor, expected[index]), tensor.name).toBeLessThan(2e-5);
    });
  }
  await trainer.dispose();
});
