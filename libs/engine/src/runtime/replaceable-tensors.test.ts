import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import type { ForwardContext } from '../trace/forward-context.js';
import { smallData, smallForward, smallTensors } from '../train/small-network.fixture.js';
import { createInference } from './create-inference.js';
import { compileInference } from './inference.js';

const plan = { forward: smallForward, tensors: smallTensors(5), inputShape: [8, 8, 3], batchSize: 4, threads: 1 };
const { inputs } = smallData(6);

test.each([
  ['compiled', {}],
  ['eager', { device: { provider: 'tfjs-cpu', index: 0 } }],
] as const)('Inference.replace(), %s, gives the bytes of a new inference and what constants give', async (_, where) => {
  const inference = await createInference({ ...plan, ...where, replaceable: true });
  const first = await inference.run(inputs, 6);
  const others = smallTensors(6);
  inference.replace(others);
  const second = await inference.run(inputs, 6);
  const made = await createInference({ ...plan, ...where, tensors: others, replaceable: true });
  expect(second).toEqual(await made.run(inputs, 6));
  inference.replace(plan.tensors);
  expect(await inference.run(inputs, 6)).toEqual(first);
  const constant = await createInference({ ...plan, ...where });
  const expected = await constant.run(inputs, 6);
  first.forEach((value, index) => {
    expect(Math.abs(value - expected[index])).toBeLessThan(1e-5);
  });
  const wrong = () => inference.replace(others.slice(1));
  expect(wrong).toThrow('tensors has stem.weight [undefined], must have it with shape [3,3,3,8]');
  expect(() => constant.replace(others)).toThrow('the plan did not say that they are');
  for (const one of [inference, made, constant]) await one.dispose();
});

test('compileInference() with replaceable tensors gives what constants give where its convolutions are blocked', async () => {
  const rng = new Rng(3);
  const draw = (size: number) => Float32Array.from({ length: size }, () => rng.normal() * 0.2);
  const weights = { name: 'weight', shape: [3, 3, 16, 16], data: draw(9 * 16 * 16) };
  const forward = (x: tf.Tensor, c: ForwardContext) =>
    tf.conv2d(x as tf.Tensor4D, c.tensor('weight') as tf.Tensor4D, 1, 1);
  const wide = { forward, tensors: [weights], inputShape: [40, 40, 16], batchSize: 2, threads: 1 };
  const examples = draw(2 * 40 * 40 * 16);
  const [replaceable, constant] = [
    await compileInference({ ...wide, replaceable: true }),
    await compileInference(wide),
  ];
  const [actual, expected] = [await replaceable.run(examples, 2), await constant.run(examples, 2)];
  const worst = actual.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index])), 0);
  expect(worst).toBeLessThan(1e-5);
  // Examples, result and weights, and what is between them.
  expect(replaceable.memoryBytes).toBeGreaterThan(4 * (2 * examples.length + weights.data.length) - 1);
  for (const one of [replaceable, constant]) await one.dispose();
});
