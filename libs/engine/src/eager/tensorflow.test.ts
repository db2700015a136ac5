import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Rng, sizeOf } from '#primitives';
import { fixtures, type InputSpec } from '../lower/kernel-fixtures.fixture.js';
import { lowerings } from '../lower/table.js';
import { createInference } from '../runtime/create-inference.js';
import { batchNormTraining } from '../trace/batch-norm-training.js';
import type { KernelName } from '../trace/kernels.js';
import { smallData, smallForward, smallPlan, smallTensors } from '../train/small-network.fixture.js';
import { linkedTensorflow, noTensorflow } from './linked-tensorflow.fixture.js';
import { loadEagerBackend } from './load-eager-backend.js';
import { difference, trainSmall } from './train-small.fixture.js';

const device = linkedTensorflow();

const kernels = device === undefined ? [] : (Object.keys(lowerings) as KernelName[]);
const cases = kernels.flatMap((kernel) => fixtures[kernel].map((fixture, index) => ({ kernel, index, fixture })));

const title = device === undefined ? `TensorFlow (skipped: ${noTensorflow})` : 'TensorFlow';

describe.skipIf(device === undefined)(title, () => {
  beforeAll(async () => {
    await loadEagerBackend(device!);
    for (const backend of ['cpu', 'tensorflow']) {
      await tf.setBackend(backend);
      batchNormTraining(tf.ones([1, 1, 2, 1]), tf.ones([1]), tf.zeros([1]), 1); // registers the pair
    }
  });

  test.each(cases)('$kernel equals tfjs cpu (case $index)', async ({ kernel, index, fixture }) => {
    const run = async (backend: string) => {
      await tf.setBackend(backend);
      const rng = new Rng(index + 1);
      const keys = Object.keys(fixture.inputs);
      const tensors = Object.values(fixture.inputs as Record<string, InputSpec>).map((spec) => draw(spec, rng));
      const named = Array.isArray(fixture.inputs)
        ? tensors
        : Object.fromEntries(keys.map((key, i) => [key, tensors[i]]));
      const prepared = fixture.prepare?.(named as never) ?? named;
      return [tf.engine().runKernel(kernel, prepared as never, fixture.attrs as never) as Tensor | Tensor[]].flat();
    };
    const expected = await run('cpu');
    const actual = await run('tensorflow');
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    expected.forEach((tensor, output) => {
      const [reference, values] = [Array.from(tensor.dataSync()), actual[output].dataSync()];
      const scale = Math.max(1, ...reference.map(Math.abs));
      const worst = Math.max(0, ...reference.map((value, i) => Math.abs(value - values[i]) / scale));
      expect(worst).toBeLessThanOrEqual(Math.max(fixture.tolerance, 1e-6));
    });
  });

  test('createTrainer() equals the compiled trainer after two epochs: loss, accuracy, state', async () => {
    const [compiled, eager] = [await trainSmall(smallPlan(), 0, 2), await trainSmall(smallPlan({ device }), 0, 2)];
    eager.epochs.forEach(({ loss, accuracy }, epoch) => {
      expect(Math.abs(loss - compiled.epochs[epoch].loss)).toBeLessThan(5e-6);
      expect(accuracy).toBeCloseTo(compiled.epochs[epoch].accuracy, 6);
    });
    for (const state of ['tensors', 'slots'] as const) {
      eager[state].forEach((tensor, index) => {
        expect(difference(tensor, compiled[state][index]), tensor.name).toBeLessThan(5e-5);
      });
    }
  });

  test('createTrainer() from the tensors and slots of epoch 2 goes on to the bytes of five epochs', async () => {
    const whole = await trainSmall(smallPlan({ device }), 0, 5);
    const { tensors, slots } = await trainSmall(smallPlan({ device }), 0, 2);
    const rest = await trainSmall(smallPlan({ device, tensors, slots }), 2, 5);
    expect(rest.tensors).toEqual(whole.tensors);
    expect(rest.slots).toEqual(whole.slots);
  });

  test('createTrainer() and createInference() leave no tensor behind', async () => {
    await tf.setBackend('tensorflow');
    const before = tf.memory().numTensors;
    await trainSmall(smallPlan({ device }), 0, 3);
    const inference = await createInference({ ...inferencePlan, device });
    await inference.run(smallData(6).inputs, 6);
    await inference.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('createInference() equals the compiled one', async () => {
    const { inputs } = smallData(6);
    const [compiled, eager] = [
      await createInference(inferencePlan),
      await createInference({ ...inferencePlan, device }),
    ];
    const [expected, actual] = [await compiled.run(inputs, 6), await eager.run(inputs, 6)];
    actual.forEach((value, index) => {
      expect(Math.abs(value - expected[index])).toBeLessThan(1e-5);
    });
    await compiled.dispose();
    await eager.dispose();
  });
});

const inferencePlan = { forward: smallForward, tensors: smallTensors(5), inputShape: [8, 8, 3], batchSize: 4 };

/** Seeded values in [-2, 2], or as the fixture says. */
function draw({ shape, dtype = 'float32', low = -2, high = 2 }: InputSpec, rng: Rng): Tensor {
  const length = sizeOf(shape);
  const values = (): Float32Array | Int32Array | Uint8Array => {
    if (dtype === 'bool') return Uint8Array.from({ length }, () => rng.integer(0, 2));
    if (dtype === 'int32') return Int32Array.from({ length }, () => rng.integer(low, high));
    return Float32Array.from({ length }, () => low + rng.float() * (high - low));
  };
  return tf.tensor(values(), [...shape], dtype);
}
