import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Rng, sizeOf } from '#primitives';
import { batchNormTraining } from '../trace/batch-norm-training.js';
import type { KernelName } from '../trace/kernels.js';
import { fixtures, type InputSpec } from './kernel-fixtures.fixture.js';
import { runCompiled, type TestInput } from './run-compiled.fixture.js';
import { lowerings } from './table.js';

/** Seeded values in [-2, 2], or as the fixture says. */
function draw({ shape, dtype = 'float32', low = -2, high = 2 }: InputSpec, rng: Rng): TestInput {
  const length = sizeOf(shape);
  if (dtype === 'bool') return { shape, dtype, values: Uint8Array.from({ length }, () => rng.integer(0, 2)) };
  if (dtype === 'int32') return { shape, dtype, values: Int32Array.from({ length }, () => rng.integer(low, high)) };
  return { shape, dtype, values: Float32Array.from({ length }, () => low + rng.float() * (high - low)) };
}

const cases = (Object.keys(lowerings) as KernelName[]).flatMap((kernel) =>
  fixtures[kernel].map((fixture, index) => ({ kernel, index, fixture })),
);

test.each(cases)('lowerings.$kernel equals tfjs cpu (case $index)', async ({ kernel, index, fixture }) => {
  await tf.setBackend('cpu');
  batchNormTraining(tf.ones([1, 1, 2, 1]), tf.ones([1]), tf.zeros([1]), 1); // registers the pair on cpu
  const rng = new Rng(index + 1);
  const keys = Object.keys(fixture.inputs);
  const inputs = Object.values(fixture.inputs as Record<string, InputSpec>).map((spec) => draw(spec, rng));
  const apply = (tensors: Tensor[]): Tensor[] => {
    const named = Array.isArray(fixture.inputs) ? tensors : Object.fromEntries(keys.map((key, i) => [key, tensors[i]]));
    const prepared = fixture.prepare?.(named as never) ?? named;
    return [tf.engine().runKernel(kernel, prepared as never, fixture.attrs as never) as Tensor | Tensor[]].flat();
  };
  const expected = apply(inputs.map(({ values, shape, dtype }) => tf.tensor(values, [...shape], dtype)));
  const actual = await runCompiled(inputs, apply);
  expect(actual.length).toBe(expected.length);
  expected.forEach((tensor, output) => {
    const reference = Array.from(tensor.dataSync());
    const scale = Math.max(1, ...reference.map(Math.abs));
    expect(actual[output].shape).toEqual(tensor.shape);
    const worst = Math.max(0, ...reference.map((value, i) => Math.abs(value - actual[output].values[i]) / scale));
    expect(worst).toBeLessThanOrEqual(fixture.tolerance);
  });
});
