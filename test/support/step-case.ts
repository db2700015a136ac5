import * as tf from '@tensorflow/tfjs-core';
import type { ForwardFunction, TrainingData, TrainingPlan } from '#engine';
import { buildNetwork, initialTensors } from '#model-zoo/networks';
import { type NamedTensor, Rng, type Shape, sizeOf } from '#primitives';

/** A training step of one of the zoo's networks, or of a stretch of its blocks. */
export interface StepCase {
  readonly architecture: string;
  /** Side of the network's pictures, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** @default the whole network */
  readonly stretch?: Stretch;
}

/** Some blocks of a network. What comes out is averaged over its pixels and classified by a dense layer of the test. */
export interface Stretch {
  /** Name of the first block. */
  readonly first: string;
  /** Name of the last block. */
  readonly last: string;
  /** [H, W, C] of what goes in. */
  readonly input: Shape;
  /** Channels of what comes out. */
  readonly channels: number;
}

const classes = 3;

/** The plan of the step, and one batch of noise with labels 0, 1, 2, 0 … */
export function planOf({ architecture, imageSize, batchSize, stretch }: StepCase): {
  plan: TrainingPlan;
  data: TrainingData;
} {
  const network = buildNetwork(architecture, { classes, imageSize });
  const names = network.blocks.map(({ name }) => name);
  const [from, to] = stretch ? [names.indexOf(stretch.first), names.indexOf(stretch.last) + 1] : [0, names.length];
  if (from < 0 || to <= from) throw new RangeError(`${stretch?.first}, ${stretch?.last} must be of ${names}, in order`);
  const input = stretch?.input ?? [imageSize, imageSize, 3];
  const specs = network.tensors.filter(({ block }) => !stretch || (block >= from && block < to));
  const statistics = new Set(specs.filter(({ role }) => role.startsWith('running')).map(({ name }) => name));
  const part: ForwardFunction = (x, context) => network.forward(x, context, from, to);
  const tensors = initialTensors(network, 3, new Set(specs.map(({ name }) => name)));
  const rng = new Rng(9);
  const head = stretch ? headOf(stretch.channels, rng) : [];
  const plan: TrainingPlan = {
    forward: stretch ? (x, context) => classify(part(x, context), context.tensor) : part,
    tensors: [...tensors, ...head],
    trainable: (name) => !statistics.has(name),
    inputShape: input,
    classes,
    batchSize,
    momentum: 0.9,
    weightDecay: 1e-4,
    seed: 5,
    threads: 2,
  };
  const data = {
    inputs: Float32Array.from({ length: batchSize * sizeOf(input) }, () => rng.normal()),
    labels: Int32Array.from({ length: batchSize }, (_, index) => index % classes),
  };
  return { plan, data };
}

function classify(map: tf.Tensor, tensor: (name: string) => tf.Tensor): tf.Tensor {
  const features = tf.mean(map, [1, 2]) as tf.Tensor2D;
  return tf.add(tf.matMul(features, tensor('head.weight') as tf.Tensor2D), tensor('head.bias'));
}

function headOf(channels: number, rng: Rng): NamedTensor[] {
  const weight = Float32Array.from({ length: channels * classes }, () => rng.normal() / Math.sqrt(channels));
  return [
    { name: 'head.weight', shape: [channels, classes], data: weight },
    { name: 'head.bias', shape: [classes], data: new Float32Array(classes) },
  ];
}
