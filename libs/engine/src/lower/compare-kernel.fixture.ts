import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { Rng, type Shape, sizeOf } from '#primitives';
import { batchNormTraining } from '../trace/batch-norm-training.js';
import type { KernelName } from '../trace/kernels.js';
import { fixtures, type InputSpec } from './kernel-fixtures.fixture.js';
import { type RunOptions, runCompiled, type TestInput } from './run-compiled.fixture.js';
import { lowerings } from './table.js';

/** One fixture of one row of the lowering table. */
export interface KernelCase {
  readonly kernel: KernelName;
  readonly index: number;
  readonly tolerance: number;
}

/** Every fixture of every row. */
export const kernelCases: readonly KernelCase[] = (Object.keys(lowerings) as KernelName[]).flatMap((kernel) =>
  fixtures[kernel].map(({ tolerance }, index) => ({ kernel, index, tolerance })),
);

/** What a kernel gave beside tfjs `cpu`, one item an output. */
export interface KernelComparison {
  readonly shape: readonly number[];
  readonly expectedShape: Shape;
  /** Largest difference over the largest value, or over 1 where that is smaller. */
  readonly difference: number;
}

/** Runs one fixture compiled and op by op. */
export async function compareKernel(
  kernel: KernelName,
  index: number,
  options: RunOptions = {},
): Promise<KernelComparison[]> {
  await tf.setBackend('cpu');
  batchNormTraining(tf.ones([1, 1, 2, 1]), tf.ones([1]), tf.zeros([1]), 1); // registers the pair on cpu
  const fixture = fixtures[kernel][index];
  const rng = new Rng(index + 1);
  const keys = Object.keys(fixture.inputs);
  const inputs = Object.values(fixture.inputs as Record<string, InputSpec>).map((spec) => draw(spec, rng));
  const apply = (tensors: Tensor[]): Tensor[] => {
    const named = Array.isArray(fixture.inputs) ? tensors : Object.fromEntries(keys.map((key, i) => [key, tensors[i]]));
    const prepared = fixture.prepare?.(named as never) ?? named;
    return [tf.engine().runKernel(kernel, prepared as never, fixture.attrs as never) as Tensor | Tensor[]].flat();
  };
  const expected = apply(inputs.map(({ values, shape, dtype }) => tf.tensor(values, [...shape], dtype)));
  const actual = await runCompiled(inputs, apply, undefined, options);
  if (actual.length !== expected.length) throw new Error(`${actual.length} outputs, expected ${expected.length}`);
  return expected.map((tensor, output) => {
    const reference = Array.from(tensor.dataSync());
    const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const { shape, values } = actual[output];
    const difference = reference.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]) / scale), 0);
    return { shape, expectedShape: tensor.shape, difference };
  });
}

/** Seeded values in [-2, 2], or as the fixture says. */
function draw({ shape, dtype = 'float32', low = -2, high = 2 }: InputSpec, rng: Rng): TestInput {
  const length = sizeOf(shape);
  if (dtype === 'bool') return { shape, dtype, values: Uint8Array.from({ length }, () => rng.integer(0, 2)) };
  if (dtype === 'int32') return { shape, dtype, values: Int32Array.from({ length }, () => rng.integer(low, high)) };
  return { shape, dtype, values: Float32Array.from({ length }, () => low + rng.float() * (high - low)) };
}
