import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { compileInference } from '#engine';
import { buildNetwork, initialTensors } from '#model-zoo/networks';
import { type NamedTensor, Rng } from '#primitives';
import { foldNorms, initialNorm, normEpsilon, normsOf } from './folded-norm.js';

test('foldNorms() gives the same features as the norms it takes out', async () => {
  const network = buildNetwork('squeezenet1_1', { classes: 2, imageSize: 32 });
  const end = 4;
  const norms = normsOf(network, end, { normalizedConvolution: 'squeeze' });
  expect(norms.map(({ convolution }) => convolution)).toEqual([
    'features.3.squeeze',
    'features.4.squeeze',
    'features.6.squeeze',
  ]);
  const rng = new Rng(1);
  const added = norms
    .flatMap(({ name, channels }) => initialNorm(name, channels))
    .map((tensor): NamedTensor => ({ ...tensor, data: tensor.data.map(() => 0.5 + rng.float()) }));
  const tensors = new Map([...initialTensors(network, 3), ...added].map((tensor) => [tensor.name, tensor]));
  const common = { inputShape: [32, 32, 3], batchSize: 2 };
  const inputs = Float32Array.from({ length: 2 * 32 * 32 * 3 }, () => rng.normal());
  const normed = await compileInference({
    ...common,
    tensors: [...tensors.values()],
    forward: (x, context) => {
      let y = x;
      for (let block = 0; block < end; block++) {
        const norm = norms.find((one) => one.block === block);
        if (norm) y = context.batchNorm(y as Tensor4D, norm.name, normEpsilon);
        y = network.forward(y, context, block, block + 1);
      }
      return y;
    },
  });
  const folded = await compileInference({
    ...common,
    tensors: [...foldNorms(tensors, norms).values()],
    forward: (x, context) => network.forward(x, context, 0, end),
  });
  const [expected, found] = [await normed.run(inputs, 2), await folded.run(inputs, 2)];
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  found.forEach((value, index) => {
    expect(Math.abs(value - (expected[index] as number))).toBeLessThan(1e-5 * largest);
  });
  await normed.dispose();
  await folded.dispose();
});
