import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** What a forward function is given besides its input; structurally equal to the zoo's `LayerContext`. */
export interface ForwardContext {
  /** True while the part is trained: dropout draws, batch norm uses and updates batch statistics. */
  readonly training: boolean;
  /**
   * The tensor of that name, in tfjs layout (filters HWIO, dense [in, out], vectors [C]).
   *
   * @throws {RangeError} if no tensor of that name was given.
   */
  tensor(name: string): Tensor;
  /** Inverted dropout while training (kept elements are divided by `1 - rate`), identity otherwise. `rate` in [0, 1). */
  dropout(x: Tensor, rate: number): Tensor;
  /**
   * Batch normalisation of `x` [N, H, W, C] over N, H and W with `${prefix}.weight`, `.bias`, `.running_mean` and
   * `.running_var`. Training: the biased variance normalises, the unbiased one enters the running statistics with
   * momentum 0.1 (torch). Otherwise: the running statistics normalise.
   */
  batchNorm(x: Tensor4D, prefix: string, epsilon: number): Tensor4D;
  /**
   * Gives the logits [N, classes] of an auxiliary head: their cross-entropy times `lossWeight` (> 0) is added to the
   * loss that is minimised.
   *
   * @throws {RangeError} if called when not training, where there is no loss.
   */
  auxiliary(logits: Tensor, lossWeight: number): void;
}

/** Anything that maps a batch to a batch with tfjs-core ops: a network, a part of one, a head. Must be free of side effects. */
export type ForwardFunction = (x: Tensor, context: ForwardContext) => Tensor;
