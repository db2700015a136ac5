import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type NamedTensor, Rng, type Shape, sizeOf } from '#primitives';
import type { ForwardContext } from '../trace/forward-context.js';
import type { TrainingData, TrainingPlan } from './training-plan.js';

/** conv+bias → relu → max pool → conv → batch norm → residual 1×1 → relu → dropout → mean → dense; [8,8,3] → 3 classes. */
export function smallForward(x: tf.Tensor, c: ForwardContext): tf.Tensor {
  const stem = tf.relu(
    tf.add(tf.conv2d(x as Tensor4D, c.tensor('stem.weight') as Tensor4D, 1, 1), c.tensor('stem.bias')),
  ) as Tensor4D;
  const pooled = tf.maxPool(stem, 3, 2, 0);
  const branch = c.batchNorm(tf.conv2d(pooled, c.tensor('branch.weight') as Tensor4D, 1, 'same'), 'norm', 1e-5);
  const skip = tf.conv2d(pooled, c.tensor('skip.weight') as Tensor4D, 1, 'valid');
  const body = c.dropout(tf.relu(tf.add(branch, skip)), 0.25);
  const features = tf.mean(body as Tensor3D, [1, 2]);
  return tf.add(tf.matMul(features as tf.Tensor2D, c.tensor('head.weight') as tf.Tensor2D), c.tensor('head.bias'));
}

/** Initial values for `smallForward`. */
export function smallTensors(seed: number): NamedTensor[] {
  const rng = new Rng(seed);
  const draw = (name: string, shape: Shape, value?: number): NamedTensor => ({
    name,
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => value ?? rng.normal() * 0.3),
  });
  return [
    draw('stem.weight', [3, 3, 3, 8]),
    draw('stem.bias', [8]),
    draw('branch.weight', [3, 3, 8, 12]),
    draw('norm.weight', [12], 1),
    draw('norm.bias', [12], 0),
    draw('norm.running_mean', [12], 0),
    draw('norm.running_var', [12], 1),
    draw('skip.weight', [1, 1, 8, 12]),
    draw('head.weight', [12, 3]),
    draw('head.bias', [3]),
  ];
}

/** A plan for `smallForward`; 8×8 pictures, batches of 4. */
export function smallPlan(changes: Partial<TrainingPlan> = {}): TrainingPlan {
  return {
    forward: smallForward,
    tensors: smallTensors(1),
    trainable: (name) => !name.includes('running'),
    inputShape: [8, 8, 3],
    classes: 3,
    batchSize: 4,
    momentum: 0.9,
    weightDecay: 1e-3,
    seed: 7,
    threads: 1,
    ...changes,
  };
}

/** Random pictures whose class shifts their brightness. */
export function smallData(count: number, seed = 11): TrainingData & { readonly inputs: Float32Array } {
  const rng = new Rng(seed);
  const labels = Int32Array.from({ length: count }, (_, index) => index % 3);
  const inputs = Float32Array.from(
    { length: count * 192 },
    (_, index) => rng.normal() + labels[Math.floor(index / 192)],
  );
  return { inputs, labels };
}
