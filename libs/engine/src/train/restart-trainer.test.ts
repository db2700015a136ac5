import '@tensorflow/tfjs-backend-cpu';
import { expect, test } from 'vitest';
import { compileTrainer } from './compile-trainer.js';
import { createTrainer } from './create-trainer.js';
import { smallData, smallPlan, smallTensors } from './small-network.fixture.js';
import type { Trainer, TrainerOptions, TrainingPlan } from './training-plan.js';

const learningRate = 0.05;
const eager = { provider: 'tfjs-cpu', index: 0 } as const;

/** Trains epochs `from` … `to - 1` and returns everything that can be seen. */
async function epochs(trainer: Trainer, from: number, to: number, rate = learningRate) {
  const losses: number[] = [];
  for (let epoch = from; epoch < to; epoch++) {
    losses.push((await trainer.trainEpoch(smallData(14), { epoch, learningRate: rate })).loss);
  }
  return { losses, tensors: trainer.tensors(), slots: trainer.slots() };
}

async function fresh(plan: TrainingPlan, from: number, to: number, options?: TrainerOptions) {
  const trainer = await createTrainer(plan, options);
  const result = await epochs(trainer, from, to);
  await trainer.dispose();
  return result;
}

test.each([
  ['looped', {}, { stepping: 'looped' }],
  ['single', {}, { stepping: 'single' }],
  ['gradients', {}, { stepping: 'gradients' }],
  ['eager', { device: eager }, undefined],
] as const)('Trainer.restart(), %s, gives the bytes of a new trainer', async (_, where, options) => {
  const trainer = await createTrainer(smallPlan(where), options);
  await epochs(trainer, 0, 2, 0.1);
  const start = { tensors: smallTensors(2), seed: 9 };
  trainer.restart(start);
  const begun = trainer.tensors();
  expect(begun).toEqual(start.tensors);
  const expected = await fresh(smallPlan({ ...where, ...start }), 0, 2, options);
  expect(await epochs(trainer, 0, 2)).toEqual(expected);
  // From the middle of another training, slots and all.
  const { tensors, slots } = expected;
  trainer.restart({ tensors, slots, seed: 9 });
  expect(trainer.slots()).toEqual(slots);
  expect(await epochs(trainer, 2, 3)).toEqual(
    await fresh(smallPlan({ ...where, tensors, slots, seed: 9 }), 2, 3, options),
  );
  // Without slots momentum begins at zero again.
  trainer.restart(start);
  expect(await epochs(trainer, 0, 2)).toEqual(expected);
  await trainer.dispose();
});

test('Trainer.restart() goes on after a training that diverged', async () => {
  const trainer = await compileTrainer(smallPlan());
  await expect(epochs(trainer, 0, 1, 1e30)).rejects.toThrow('diverged');
  trainer.restart({ tensors: smallTensors(1), seed: 7 });
  expect(await epochs(trainer, 0, 1)).toEqual(await fresh(smallPlan(), 0, 1));
  await trainer.dispose();
});

test('Trainer.current() shows what tensors() copies', async () => {
  const trainer = await compileTrainer(smallPlan());
  await epochs(trainer, 0, 1);
  const copy = trainer.tensors();
  expect(trainer.current()).toEqual(copy);
  await epochs(trainer, 1, 2);
  expect(trainer.current()).toEqual(trainer.tensors());
  expect(trainer.current()).not.toEqual(copy);
  await trainer.dispose();
});

test('Trainer.restart() refuses tensors that the step was not compiled for, and a disposed trainer', async () => {
  const trainable = (name: string) => name.startsWith('head') || /^norm\.(weight|bias)$/.test(name);
  const trainer = await compileTrainer(smallPlan({ trainable }));
  const tensors = smallTensors(1);
  const start = (changed: typeof tensors) => () => trainer.restart({ tensors: changed, seed: 1 });
  expect(start(tensors.slice(1))).toThrow('tensors has stem.bias [8] at 0, must have stem.weight [3,3,3,8]');
  expect(start([...tensors, { ...tensors[0], name: 'more' }])).toThrow('must have no more than 10');
  expect(start(smallTensors(2))).toThrow('tensors has another stem.weight, must be the same: nobody updates it');
  expect(start(tensors.map((one) => ({ ...one, data: one.data.slice() })))).not.toThrow();
  await trainer.dispose();
  expect(start(tensors)).toThrow('the trainer was disposed');
});
