import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from './network.js';

/** Applies layers one after another. */
export function sequence(...layers: readonly Layer[]): Layer {
  return (x, context) => layers.reduce((value, layer) => layer(value, context), x);
}

/** max(x, 0). */
export const relu: Layer = (x) => tf.relu(x);

/** Dropout with torch's meaning of `rate`: the share of values set to zero. */
export function dropout(rate: number): Layer {
  return (x, context) => context.dropout(x, rate);
}

/** Mean over height and width: [N, H, W, C] to [N, C]; torch's AdaptiveAvgPool2d(1) and flatten in one. */
export const globalAveragePool: Layer = (x) => tf.mean(x, [1, 2]);

/** Geometry of a square pooling window, pixels. */
export interface PoolOptions {
  readonly kernel: number;
  readonly stride: number;
  /** On every side. @default 0 */
  readonly padding?: number;
  /** Also keep the last window that starts inside the picture but runs over its edge. @default false */
  readonly ceilMode?: boolean;
}

/** torch's MaxPool2d on [N, H, W, C]; positions outside the picture never win. */
export function maxPool(options: PoolOptions): Layer {
  return (x) => {
    const [, height, width] = x.shape as [number, number, number, number];
    const rows = poolPadding(height, options);
    const columns = poolPadding(width, options);
    const symmetric = rows[0] === rows[1] && columns[0] === columns[1] && rows[0] === columns[0];
    const pad: number | tf.backend_util.ExplicitPadding = symmetric
      ? rows[0]
      : [[0, 0], [...rows], [...columns], [0, 0]];
    return tf.maxPool(x as tf.Tensor4D, options.kernel, options.stride, pad);
  };
}

/** torch's AvgPool2d on [N, H, W, C]: zeros of the padding count as values (`count_include_pad`). */
export function averagePool({ kernel, stride, padding = 0 }: Omit<PoolOptions, 'ceilMode'>): Layer {
  const around: [number, number] = [padding, padding];
  return (x) => {
    // Padded first: tfjs leaves its own padding out of the average, and gives it a wrong gradient.
    const padded = padding === 0 ? x : tf.pad(x, [[0, 0], around, around, [0, 0]]);
    return tf.avgPool(padded as tf.Tensor4D, kernel, stride, 'valid');
  };
}

/**
 * Padding before and after one axis that makes flooring arithmetic give torch's output size; with `ceilMode` the
 * padding after the axis is what the last window reaches beyond it.
 *
 * @see torch/nn/modules/pooling.py MaxPool2d: a window may start in the left padding or the picture, not after it
 */
export function poolPadding(size: number, { kernel, stride, padding = 0, ceilMode }: PoolOptions): [number, number] {
  if (!ceilMode) return [padding, padding];
  let outputs = Math.ceil((size + 2 * padding - kernel) / stride) + 1;
  if ((outputs - 1) * stride >= size + padding) outputs -= 1;
  return [padding, Math.max(padding, (outputs - 1) * stride + kernel - size - padding)];
}
