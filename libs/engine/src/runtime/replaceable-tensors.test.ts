import '@tensorflow/tfjs-backend-cpu';
import { expect, test } from 'vitest';
import { smallData, smallForward, smallTensors } from '../train/small-network.fixture.js';
import { createInference } from './create-inference.js';

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
