import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import type { RetrainDepth } from '../model-card.js';

/** What a network is given to run: its tensors, and the layers that act differently while they are trained. */
export interface LayerContext {
  /** True where this part is being trained: dropout active, batch norm on batch statistics. */
  readonly training: boolean;
  /** Tensor by torchvision state_dict name, in tfjs layout: filters HWIO, dense [in, out], vectors [C]. */
  tensor(name: string): Tensor;
  /** Inverted dropout when training, identity otherwise. */
  dropout(x: Tensor, rate: number): Tensor;
  /** Batch normalisation over N, H, W with `${prefix}.weight`, `.bias`, `.running_mean`, `.running_var`. */
  batchNorm(x: Tensor4D, prefix: string, epsilon: number): Tensor4D;
  /**
   * Logits [N, classes] of an auxiliary head, whose cross-entropy times `lossWeight` is added to the loss. Only to be
   * called when training.
   */
  auxiliary(logits: Tensor, lossWeight: number): void;
}

/** Part of a network: any tfjs function of the values before it and the context. */
export type Layer = (x: Tensor, context: LayerContext) => Tensor;

/** How a tensor is filled before any training. */
export type InitialState =
  | { readonly kind: 'constant'; readonly value: number }
  /** Uniform in [-bound, bound). */
  | { readonly kind: 'uniform'; readonly bound: number }
  /** Normal around 0. */
  | { readonly kind: 'normal'; readonly standardDeviation: number };

/** Before every block, so that tensors nobody reads are in no part of a network, trained or frozen. */
export const unreadBlock = -1;

/** A parameter or buffer of a network. */
export interface TensorSpec {
  /** torchvision's state_dict name. */
  readonly name: string;
  /** tfjs layout. */
  readonly shape: Shape;
  readonly role: 'filter' | 'dense' | 'vector' | 'runningMean' | 'runningVariance';
  /** Index of the block that reads it; `unreadBlock` where none does at the network's image size. */
  readonly block: number;
  readonly initial: InitialState;
}

/** One top-level stage, named after the torchvision module it starts with, e.g. `features.3`, `layer4`, `fc`. */
export interface Block {
  readonly name: string;
  readonly forward: Layer;
}

/** A network for a number of classes and an input size; holds no values. */
export interface Network {
  readonly architecture: string;
  readonly classes: number;
  /** Side of the square input, pixels. */
  readonly imageSize: number;
  /** Applied in order: normalised pictures [N, S, S, 3] to logits [N, classes]. */
  readonly blocks: readonly Block[];
  /**
   * Every parameter and buffer in state_dict order, without `num_batches_tracked`: with a fixed momentum nothing reads
   * that counter.
   */
  readonly tensors: readonly TensorSpec[];
  /** Index of the first trained block; the blocks before it are the frozen prefix. */
  cut(depth: RetrainDepth): number;
  /**
   * Runs the blocks `from` … `to - 1`; all by default.
   *
   * @throws {RangeError} if the range is not within the blocks, a picture batch does not have the network's size, or
   * the last block does not give one logit per class.
   */
  forward(x: Tensor, context: LayerContext, from?: number, to?: number): Tensor;
}
