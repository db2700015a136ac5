import type { NamedTensor } from '#primitives';
import { createTrainer } from '../train/create-trainer.js';
import { smallData } from '../train/small-network.fixture.js';
import type { TrainingPlan } from '../train/training-plan.js';

/** Trains epochs `from` … `to - 1` on 14 examples (three steps each) and returns everything that can be seen. */
export async function trainSmall(plan: TrainingPlan, from: number, to: number) {
  const trainer = await createTrainer(plan);
  const epochs: { loss: number; accuracy: number; steps: number }[] = [];
  for (let epoch = from; epoch < to; epoch++) {
    const { loss, accuracy, steps } = await trainer.trainEpoch(smallData(14), { epoch, learningRate: 0.05 });
    epochs.push({ loss, accuracy, steps });
  }
  const result = { epochs, tensors: trainer.tensors(), slots: trainer.slots() };
  await trainer.dispose();
  return result;
}

/** Largest difference relative to the largest value of the tensor. */
export function difference(actual: NamedTensor, expected: NamedTensor): number {
  const scale = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
  return actual.data.reduce(
    (worst, value, index) => Math.max(worst, Math.abs(value - expected.data[index]) / scale),
    0,
  );
}
