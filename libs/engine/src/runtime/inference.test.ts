import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createForwardContext } from '../trace/create-forward-context.js';
import { smallData, smallForward, smallTensors } from '../train/small-network.fixture.js';
import { compileInference } from './inference.js';

const plan = { forward: smallForward, tensors: smallTensors(5), inputShape: [8, 8, 3], batchSize: 4, threads: 1 };

test('Inference.run() equals tfjs cpu in eval mode, the padded last batch included', async () => {
  const { inputs } = smallData(6);
  const inference = await compileInference(plan);
  const actual = await inference.run(inputs, 6);
  await inference.dispose();
  await tf.setBackend('cpu');
  const tensors = new Map(plan.tensors.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape])]));
  const expected = smallForward(tf.tensor(inputs, [6, 8, 8, 3]), createForwardContext({ tensors })).dataSync();
  expect(inference.outputShape).toEqual([3]);
  expect(actual.length).toBe(18);
  actual.forEach((value, index) => {
    expect(Math.abs(value - expected[index])).toBeLessThan(1e-5);
  });
});

test('compileInference() of a prefix gives its map in NHWC order', async () => {
  const forward = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 1, 2, 0);
  const inference = await compileInference({ ...plan, forward, tensors: [] });
  const { inputs } = smallData(1);
  const result = await inference.run(inputs, 1);
  expect(inference.outputShape).toEqual([4, 4, 3]);
  expect([...result.subarray(3, 6)]).toEqual([...inputs.subarray(6, 9)]);
  await inference.dispose();
});

test('Inference.run() gives for examples that are made one by one what it gives for those in memory, to the bit', async () => {
  const { inputs } = smallData(6);
  const made = {
    length: inputs.length,
    read: (index: number, target: Float32Array) => target.set(inputs.subarray(index * 192, (index + 1) * 192)),
  };
  const inference = await compileInference(plan);
  expect(await inference.run(made, 6)).toEqual(await inference.run(inputs, 6));
  await inference.dispose();
});

test('Inference.run() refuses a wrong length and a disposed session', async () => {
  const inference = await compileInference(plan);
  await expect(inference.run(new Float32Array(10), 1)).rejects.toThrow('inputs has 10 numbers, must have 192');
  await inference.dispose();
  await inference.dispose();
  await expect(inference.run(new Float32Array(192), 1)).rejects.toThrow('the inference was disposed');
});
