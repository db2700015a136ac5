import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { cpu, type EngineDevice } from '../runtime/execution-device.js';
import { compileTrainer } from '../train/compile-trainer.js';
import { createTrainer } from '../train/create-trainer.js';
import { DivergedError } from '../train/diverged-error.js';
import { smallData, smallForward, smallPlan, smallTensors } from '../train/small-network.fixture.js';
import type { TrainingData, TrainingPlan } from '../train/training-plan.js';
import { EagerBackendError } from './eager-backend-error.js';
import { difference, trainSmall } from './train-small.fixture.js';

const device: EngineDevice = { provider: 'tfjs-cpu', index: 0 };
const learningRate = 0.05;

test('createTrainer() on tfjs-cpu equals the compiled trainer after two epochs with dropout: loss, accuracy, state', async () => {
  const compiled = await trainSmall(smallPlan({ device: cpu }), 0, 2);
  const eager = await trainSmall(smallPlan({ device }), 0, 2);
  eager.epochs.forEach(({ loss, accuracy, steps }, epoch) => {
    expect(Math.abs(loss - compiled.epochs[epoch].loss)).toBeLessThan(5e-6);
    expect(accuracy).toBeCloseTo(compiled.epochs[epoch].accuracy, 6);
    expect(steps).toBe(3);
  });
  for (const state of ['tensors', 'slots'] as const) {
    expect(eager[state].map(({ name }) => name)).toEqual(compiled[state].map(({ name }) => name));
    eager[state].forEach((tensor, index) => {
      expect(difference(tensor, compiled[state][index]), tensor.name).toBeLessThan(5e-5);
    });
  }
});

test('createTrainer() on tfjs-cpu gives the same bytes for a seed and others for another seed', async () => {
  const first = await trainSmall(smallPlan({ device }), 0, 2);
  expect(await trainSmall(smallPlan({ device }), 0, 2)).toEqual(first);
  expect((await trainSmall(smallPlan({ device, seed: 8 }), 0, 2)).epochs).not.toEqual(first.epochs);
});

test('createTrainer() on tfjs-cpu from the tensors and slots of epoch 2 goes on to the bytes of five epochs', async () => {
  const whole = await trainSmall(smallPlan({ device }), 0, 5);
  const { tensors, slots } = await trainSmall(smallPlan({ device }), 0, 2);
  const rest = await trainSmall(smallPlan({ device, tensors, slots }), 2, 5);
  expect(rest.tensors).toEqual(whole.tensors);
  expect(rest.slots).toEqual(whole.slots);
  expect(rest.epochs).toEqual(whole.epochs.slice(2));
});

test('the eager trainer leaves the plan and what is not trainable as it was, and has no slots for it', async () => {
  const initial = smallTensors(1);
  const plan = smallPlan({ device, trainable: (name) => name.startsWith('head') });
  const { tensors, slots } = await trainSmall(plan, 0, 2);
  expect(plan.tensors).toEqual(initial);
  expect(slots.map(({ name }) => name)).toEqual(['head.weight', 'head.bias']);
  expect(tensors.map(({ name }) => name)).toEqual(initial.map(({ name }) => name));
  tensors.forEach((tensor, index) => {
    if (/^(head|norm.running)/.test(tensor.name)) expect(tensor.data).not.toEqual(initial[index].data);
    else expect(tensor).toEqual(initial[index]);
  });
});

test('the eager trainer holds as many tensors after ten epochs as at first, and none once it is disposed', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const trainer = await createTrainer(smallPlan({ device }));
  const held = tf.memory().numTensors;
  expect(held - before).toBe(18); // ten tensors of the plan, slots of the eight that are trainable
  for (let epoch = 0; epoch < 10; epoch++) await trainer.trainEpoch(smallData(8), { epoch, learningRate });
  expect(tf.memory().numTensors).toBe(held);
  await trainer.dispose();
  await trainer.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('the eager trainer reports every step and leaves the active backend as it was', async () => {
  await tf.setBackend('cpu');
  const trainer = await createTrainer(smallPlan({ device }));
  const other = await compileTrainer(smallPlan()); // traces on a backend of its own
  const progress: number[][] = [];
  const onStep = (done: number, total: number) => progress.push([done, total]);
  await trainer.trainEpoch(smallData(11), { epoch: 0, learningRate, onStep });
  expect(progress).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(tf.getBackend()).toBe('cpu');
  await trainer.dispose();
  await other.dispose();
});

test('the eager trainer throws DivergedError at the first loss that is not finite', async () => {
  const trainer = await createTrainer(smallPlan({ device }));
  const epoch = trainer.trainEpoch(smallData(12), { epoch: 3, learningRate: 1e30 });
  await expect(epoch).rejects.toThrow(DivergedError);
  await expect(epoch).rejects.toMatchObject({ code: 'DIVERGED', epoch: 3, learningRate: 1e30 });
  await trainer.dispose();
});

test('the eager trainer refuses wrong data, a wrong learning rate, and work after it was disposed', async () => {
  const trainer = await createTrainer(smallPlan({ device }));
  const { inputs, labels } = smallData(8);
  const run = (data: TrainingData, rate = learningRate) => trainer.trainEpoch(data, { epoch: 0, learningRate: rate });
  await expect(run(smallData(3))).rejects.toThrow('labels has 3 examples, must have at least the batch size 4');
  await expect(run({ inputs, labels: labels.map(() => 3) })).rejects.toThrow('labels has 3, must be in [0, 3)');
  await expect(run({ inputs, labels }, 0)).rejects.toThrow('learningRate is 0, must be in (0, ∞)');
  await trainer.dispose();
  await expect(run({ inputs, labels })).rejects.toThrow('the trainer was disposed');
});

test('createTrainer() on tfjs-cpu refuses plans that contradict themselves', async () => {
  await expect(createTrainer(smallPlan({ device, classes: 1 }))).rejects.toThrow('classes is 1');
  const forward: TrainingPlan['forward'] = (x) => tf.mean(x, [1, 2]);
  const trainer = await createTrainer(smallPlan({ device, forward }));
  await expect(trainer.trainEpoch(smallData(8), { epoch: 0, learningRate })).rejects.toThrow(
    'stem.weight is trainable, but the loss does not depend on it',
  );
  await trainer.dispose();
});

test('the eager trainer adds the weighted loss of an auxiliary head, as the compiled one', async () => {
  const forward: TrainingPlan['forward'] = (x, context) => {
    const weight = context.tensor('side.weight') as tf.Tensor2D;
    context.auxiliary(tf.matMul(tf.mean(x, [1, 2]) as tf.Tensor2D, weight), 0.4);
    return smallForward(x, context);
  };
  const side = { name: 'side.weight', shape: [3, 3], data: Float32Array.of(1, 0, -1, 0, 0.5, 0, -1, 0, 1) };
  const plan = smallPlan({ forward, tensors: [...smallTensors(1), side] });
  const [compiled, eager] = [await trainSmall(plan, 0, 1), await trainSmall({ ...plan, device }, 0, 1)];
  expect(eager.epochs[0].loss).toBeCloseTo(compiled.epochs[0].loss, 5);
  expect(difference(eager.tensors[10], compiled.tensors[10])).toBeLessThan(5e-5);
});

test('createTrainer() says how to get the package of a device that is not at hand; a compiled one refuses tfjs', async () => {
  const absent = { provider: 'tfjs-node', index: 0, packageFolder: '/nonexistent/@tensorflow/tfjs-node' } as const;
  const creating = createTrainer(smallPlan({ device: absent }));
  await expect(creating).rejects.toThrow(EagerBackendError);
  await expect(creating).rejects.toThrow(
    '@tensorflow/tfjs-node is not at /nonexistent/@tensorflow/tfjs-node: npm install @tensorflow/tfjs-node',
  );
  await expect(compileTrainer(smallPlan({ device }))).rejects.toThrow(
    'device is tfjs-cpu, must be cpu, webgpu or cuda for a compiled graph',
  );
});
