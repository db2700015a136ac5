import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import { constant, torchDefault } from './initial-state.js';
import { type Block, type InitialState, type Layer, type TensorSpec, unreadBlock } from './network.js';

/** Height and width; one number means a square. */
export type Extent = number | readonly [number, number];

/** A convolution as torch.nn.Conv2d takes it. */
export interface ConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: Extent;
  /** @default 1 */
  readonly stride?: number;
  /** @default 0 */
  readonly padding?: Extent;
  /** False leaves the bias out; otherwise how it starts. @default torch's default for the fan-in */
  readonly bias?: false | InitialState;
  /** @default torch's default for the fan-in */
  readonly weight?: InitialState;
}

/** A fully connected layer as torch.nn.Linear takes it. */
export interface DenseOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: InitialState;
  readonly weight?: InitialState;
}

/**
 * Writes a network down: declaring a layer both lists its tensors, in state_dict order, and gives its function. Layers
 * are declared inside `block()`, in the order torchvision registers its modules.
 */
export class NetworkDraft {
  readonly blocks: Block[] = [];
  readonly tensors: TensorSpec[] = [];
  #reads = true;

  /** Adds the next block; the layers that `declare` makes belong to it. */
  block(name: string, declare: () => Layer): void {
    const forward = declare();
    this.blocks.push({ name, forward });
  }

  /** Lists the tensors of layers that do not run at this image size: they are in every file of the network. */
  unread(declare: () => Layer): void {
    this.#reads = false;
    declare();
    this.#reads = true;
  }

  /** A convolution on [N, H, W, C], bias added where it has one. */
  convolution(name: string, options: ConvolutionOptions): Layer {
    const { inputs, outputs, stride = 1, bias, weight } = options;
    const [height, width] = pair(options.kernel);
    const pad = convolutionPadding(pair(options.padding ?? 0));
    const fallback = torchDefault(inputs * height * width);
    const filterName = this.#add(`${name}.weight`, [height, width, inputs, outputs], 'filter', weight ?? fallback);
    const biasName = bias === false ? undefined : this.#add(`${name}.bias`, [outputs], 'vector', bias ?? fallback);
    return (x, context) => {
      const y = tf.conv2d(x as tf.Tensor4D, context.tensor(filterName) as tf.Tensor4D, stride, pad);
      return biasName === undefined ? y : tf.add(y, context.tensor(biasName));
    };
  }

  /** x · W + b on [N, inputs]. */
  dense(name: string, { inputs, outputs, bias, weight }: DenseOptions): Layer {
    const fallback = torchDefault(inputs);
    const weightName = this.#add(`${name}.weight`, [inputs, outputs], 'dense', weight ?? fallback);
    const biasName = this.#add(`${name}.bias`, [outputs], 'vector', bias ?? fallback);
    return (x, context) => tf.add(tf.matMul(x, context.tensor(weightName)), context.tensor(biasName));
  }

  /** Batch normalisation over N, H, W. */
  batchNorm(name: string, channels: number, epsilon = 1e-5): Layer {
    this.#add(`${name}.weight`, [channels], 'vector', constant(1));
    this.#add(`${name}.bias`, [channels], 'vector', constant(0));
    this.#add(`${name}.running_mean`, [channels], 'runningMean', constant(0));
    this.#add(`${name}.running_var`, [channels], 'runningVariance', constant(1));
    return (x, context) => context.batchNorm(x as tf.Tensor4D, name, epsilon);
  }

  #add(name: string, shape: Shape, role: TensorSpec['role'], initial: InitialState): string {
    const block = this.#reads ? this.blocks.length : unreadBlock;
    this.tensors.push({ name, shape, role, block, initial });
    return name;
  }
}

function pair(extent: Extent): readonly [number, number] {
  return typeof extent === 'number' ? [extent, extent] : extent;
}

function convolutionPadding([rows, columns]: readonly [number, number]) {
  if (rows === columns) return rows;
  const explicit: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ];
  return explicit;
}
