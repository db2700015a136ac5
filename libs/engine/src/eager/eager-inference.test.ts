import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createInference } from '../runtime/create-inference.js';
import type { EngineDevice } from '../runtime/execution-device.js';
import { smallData, smallForward, smallTensors } from '../train/small-network.fixture.js';

const device: EngineDevice = { provider: 'tfjs-cpu', index: 0 };
const plan = { forward: smallForward, tensors: smallTensors(5), inputShape: [8, 8, 3], batchSize: 4, threads: 1 };

test('createInference() on tfjs-cpu equals the compiled one, the padded last batch included', async () => {
  const { inputs } = smallData(6);
  const [compiled, eager] = [await createInference(plan), await createInference({ ...plan, device })];
  const [expected, actual] = [await compiled.run(inputs, 6), await eager.run(inputs, 6)];
  expect(eager.outputShape).toEqual(compiled.outputShape);
  expect(actual.length).toBe(18);
  actual.forEach((value, index) => {
    expect(Math.abs(value - expected[index])).toBeLessThan(1e-5);
  });
  await compiled.dispose();
  await eager.dispose();
});

test('the eager inference leaves no tensor behind, and refuses a wrong length and a disposed state', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const inference = await createInference({ ...plan, device });
  const held = tf.memory().numTensors;
  await inference.run(smallData(6).inputs, 6);
  expect(tf.memory().numTensors).toBe(held);
  await expect(inference.run(new Float32Array(10), 1)).rejects.toThrow('inputs has 10 numbers, must have 192');
  await inference.dispose();
  await inference.dispose();
  await expect(inference.run(new Float32Array(192), 1)).rejects.toThrow('the inference was disposed');
  const unknown = createInference({ ...plan, device, forward: (_, c) => c.tensor('nothing') });
  await expect(unknown).rejects.toThrow('reads tensor nothing, which was not given');
  await expect(createInference({ ...plan, device, batchSize: 0 })).rejects.toThrow('batchSize is 0');
  expect(tf.memory().numTensors).toBe(before);
});
