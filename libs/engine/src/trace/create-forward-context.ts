import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import { batchNormTraining } from './batch-norm-training.js';
import type { ForwardContext } from './forward-context.js';

/** Weight of the newest batch in the running statistics, as in torch. */
const statisticsMomentum = 0.1;

/** True for the tensors that `batchNorm` updates while training. */
export function isRunningStatistic(name: string): boolean {
  return name.endsWith('.running_mean') || name.endsWith('.running_var');
}

/** Where a forward function's tensors come from, and where what it says goes to. */
export interface ForwardContextParts {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Told which layer is at work, by the name of the tensor it reads. */
  onScope?(scope: string): void;
  /** Present while training. */
  readonly training?: {
    /** 1 where an element is kept, else 0; type bool. */
    mask(shape: Shape, rate: number): Tensor;
    /** A new value of a running statistic; the receiver disposes it. */
    onStatistic(name: string, value: Tensor): void;
    /** The logits of an auxiliary head, and the weight of their loss. */
    onAuxiliary(logits: Tensor, lossWeight: number): void;
  };
}

/** Makes the context for one call of a forward function, on whichever backend is active. */
export function createForwardContext({ tensors, onScope, training }: ForwardContextParts): ForwardContext {
  const find = (name: string): Tensor => {
    onScope?.(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
    const found = tensors.get(name);
    if (found === undefined) throw new RangeError(`The forward function reads tensor ${name}, which was not given`);
    return found;
  };
  return {
    training: training !== undefined,
    tensor: find,
    dropout(x, rate) {
      if (!(rate >= 0 && rate < 1)) throw new RangeError(`Dropout rate is ${rate}, must be in [0, 1)`);
      if (training === undefined || rate === 0) return x;
      const kept = tf.mul(tf.cast(training.mask(x.shape, rate), 'float32'), 1 / (1 - rate));
      return tf.mul(x, kept);
    },
    batchNorm(x, prefix, epsilon) {
      const [scale, offset, runningMean, runningVariance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
        (part) => find(`${prefix}.${part}`) as Tensor1D,
      );
      if (training === undefined) return tf.batchNorm4d(x, runningMean, runningVariance, offset, scale, epsilon);
      const { y, mean, variance } = batchNormTraining(x, scale, offset, epsilon);
      const unbiased = tf.mul(variance, besselFactor(x, prefix));
      training.onStatistic(`${prefix}.running_mean`, tf.keep(moved(runningMean, mean)));
      training.onStatistic(`${prefix}.running_var`, tf.keep(moved(runningVariance, unbiased)));
      return y;
    },
    auxiliary(logits, lossWeight) {
      if (training === undefined) throw new RangeError('auxiliary() was called without training, must be skipped then');
      if (!(lossWeight > 0 && lossWeight < Infinity)) {
        throw new RangeError(`lossWeight is ${lossWeight}, must be in (0, ∞)`);
      }
      training.onAuxiliary(logits, lossWeight);
    },
  };
}

function moved(running: Tensor, batch: Tensor): Tensor {
  return tf.add(tf.mul(running, 1 - statisticsMomentum), tf.mul(batch, statisticsMomentum));
}

/** n / (n - 1), where n is the number of values per channel. */
function besselFactor(x: Tensor4D, prefix: string): number {
  const count = x.size / x.shape[3];
  if (count < 2)
    throw new RangeError(`Batch norm ${prefix} sees 1 value per channel while training, must be 2 or more`);
  return count / (count - 1);
}
