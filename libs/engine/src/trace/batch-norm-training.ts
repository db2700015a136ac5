/**
 * @file Batch normalisation on batch statistics as a pair of kernels. tfjs-core has none: composed from mean, square
 * and rsqrt it costs a dozen passes over the activations where onnxruntime has one operator. The composite here runs
 * on every other backend and is the definition.
 */

import * as tf from '@tensorflow/tfjs-core';
import {
  engine,
  getGradient,
  getKernel,
  registerGradient,
  registerKernel,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';

/** x [N,H,W,C], scale [C], offset [C] → y [N,H,W,C], mean [C], population variance [C]. */
export const BatchNormTraining = 'BatchNormTraining';
export type BatchNormTrainingInputs = Record<'x' | 'scale' | 'offset', TensorInfo>;
export interface BatchNormTrainingAttrs {
  readonly epsilon: number;
}

/** dy, x [N,H,W,C], scale, mean, variance [C] → dx [N,H,W,C], dscale [C], doffset [C]. */
export const BatchNormTrainingGrad = 'BatchNormTrainingGrad';
export type BatchNormTrainingGradInputs = Record<'dy' | 'x' | 'scale' | 'mean' | 'variance', TensorInfo>;

const batchAxes = [0, 1, 2];

/** Normalises over N, H and W; gradients flow to `x`, `scale` and `offset` through `y` only, not through the statistics. */
export function batchNormTraining(
  x: Tensor4D,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const backend = tf.getBackend();
  if (getKernel(BatchNormTraining, backend) === undefined) registerComposite(backend);
  if (getGradient(BatchNormTraining) === undefined) registerPairGradient();
  const [y, mean, variance] = engine().runKernel(BatchNormTraining, { x, scale, offset }, { epsilon }) as Tensor[];
  return { y: y as Tensor4D, mean: mean as Tensor1D, variance: variance as Tensor1D };
}

function registerPairGradient(): void {
  registerGradient({
    kernelName: BatchNormTraining,
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [x, scale, mean, variance] = saved;
      const inputs = { dy: (dys as Tensor[])[0], x, scale, mean, variance };
      // One call per gradient: the tape disposes what the others returned. The trace merges them again.
      const gradient = (index: number) => () =>
        (engine().runKernel(BatchNormTrainingGrad, inputs, attrs) as Tensor[])[index];
      return { x: gradient(0), scale: gradient(1), offset: gradient(2) };
    },
  });
}

function registerComposite(backendName: string): void {
  registerKernel({
    kernelName: BatchNormTraining,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const { x, scale, offset } = inputs as unknown as Record<'x' | 'scale' | 'offset', Tensor4D>;
      const { epsilon } = attrs as unknown as BatchNormTrainingAttrs;
      return tidy(() => {
        const { mean, variance } = tf.moments(x, batchAxes);
        const normalised = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
        return [tf.add(tf.mul(normalised, scale), offset), mean, variance];
      });
    },
  });
  registerKernel({
    kernelName: BatchNormTrainingGrad,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const { dy, x, scale, mean, variance } = inputs as unknown as Record<keyof BatchNormTrainingGradInputs, Tensor>;
      const { epsilon } = attrs as unknown as BatchNormTrainingAttrs;
      return tidy(() => {
        const inverse = tf.rsqrt(tf.add(variance, epsilon));
        const normalised = tf.mul(tf.sub(x, mean), inverse);
        const dOffset = tf.sum(dy, batchAxes);
        const dScale = tf.sum(tf.mul(dy, normalised), batchAxes);
        const count = x.size / mean.size;
        const centred = tf.sub(dy, tf.div(tf.add(dOffset, tf.mul(normalised, dScale)), count));
        return [tf.mul(centred, tf.mul(scale, inverse)), dScale, dOffset];
      });
    },
  });
}
