import { FusedBatchNorm, Softmax } from '@tensorflow/tfjs-core';
import { sizeOf } from '#primitives';
import { float, int } from '../ir/attribute.js';
import { BatchNormTraining, BatchNormTrainingGrad } from '../trace/batch-norm-training.js';
import { batchNormByMoments } from './batch-norm-by-moments.js';
import { combine } from './elementwise.js';
import { channelsFirst, inOrder, type Lowered } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';
import { reduce } from './reduce.js';

const multiply = (g: LoweringContext, a: Lowered, b: Lowered): Lowered => combine(g, 'Mul', [a, b]);
const add = (g: LoweringContext, a: Lowered, b: Lowered): Lowered => combine(g, 'Add', [a, b]);
const vector = (g: LoweringContext, x: Lowered): Lowered => g.dense(x, inOrder(1));

/** Batch statistics normalise; results are y, mean and population variance (momentum 0 keeps nothing of the inputs). */
function batchNormTraining(
  g: LoweringContext,
  x: Lowered,
  scale: Lowered,
  offset: Lowered,
  epsilon: number,
): Lowered[] {
  if (g.builder.constantOf(scale.id) !== undefined || g.builder.constantOf(offset.id) !== undefined) {
    throw new RangeError('batch norm on batch statistics needs a trainable weight and bias');
  }
  const zero = g.filled(0);
  // onnxruntime writes the new statistics over the old: those must be two values of their own, not one constant.
  const inputs = [
    g.dense(x, channelsFirst),
    vector(g, scale),
    vector(g, offset),
    multiply(g, scale, zero),
    multiply(g, offset, zero),
  ];
  const outputs = g.builder.nodes(
    'BatchNormalization',
    inputs.map(({ id }) => id),
    { training_mode: int(1), momentum: float(0), epsilon: float(epsilon) },
    3,
  );
  const [y, mean, variance] = outputs;
  return [
    g.wrap(y, { actual: x.shape, layout: channelsFirst }),
    g.wrap(mean, { actual: scale.shape }),
    g.wrap(variance, { actual: scale.shape }),
  ];
}

/**
 * With r = 1/√(variance + ε), m elements a channel and a = scale·r:
 * doffset = Σdy, dscale = r·(Σ dy·x - mean·Σdy), dx = a·dy + k·x + c with k = -a·r·dscale/m, c = -a·doffset/m - k·mean.
 */
function batchNormGradient(
  g: LoweringContext,
  { dy, x, scale, mean, variance }: Record<'dy' | 'x' | 'scale' | 'mean' | 'variance', Lowered>,
  epsilon: number,
): Lowered[] {
  const source = g.dense(x, channelsFirst);
  const gradient = g.dense(dy, channelsFirst);
  const deviation = g.op('Sqrt', [add(g, variance, g.filled(epsilon)).id], { actual: scale.shape });
  const inverse = g.op('Reciprocal', [deviation.id], { actual: scale.shape });
  const dOffset = reduce(g, 'ReduceSum', gradient, [0, 1, 2], false);
  const product = reduce(g, 'ReduceSum', multiply(g, gradient, source), [0, 1, 2], false);
  const dScale = multiply(g, combine(g, 'Sub', [product, multiply(g, mean, dOffset)]), inverse);
  const a = multiply(g, scale, inverse);
  const perElement = g.filled(-1 / (sizeOf(x.shape) / sizeOf(scale.shape)));
  const k = multiply(g, multiply(g, a, inverse), multiply(g, dScale, perElement));
  const c = combine(g, 'Sub', [multiply(g, a, multiply(g, dOffset, perElement)), multiply(g, k, mean)]);
  // k·x + c in one pass: batch norm with mean 0 and variance 1.
  const [zeros, ones] = [0, 1].map((value) => g.materialize(g.filled(value, scale.shape)));
  const affine = g.op(
    'BatchNormalization',
    [source.id, k.id, c.id, zeros.id, ones.id],
    { actual: x.shape, layout: channelsFirst },
    { epsilon: float(0) },
  );
  return [add(g, affine, multiply(g, gradient, a)), dScale, dOffset];
}

export const normalizations: Lowerings<
  typeof BatchNormTraining | typeof BatchNormTrainingGrad | typeof FusedBatchNorm | typeof Softmax
> = {
  [BatchNormTraining]: (g, { x, scale, offset }, { epsilon }) =>
    (g.target === 'webgpu' ? batchNormByMoments : batchNormTraining)(g, x, scale, offset, epsilon),
  [BatchNormTrainingGrad]: (g, inputs, { epsilon }) => batchNormGradient(g, inputs, epsilon),
  [FusedBatchNorm]: (g, { x, scale, offset, mean, variance }, { varianceEpsilon }) => {
    const parameters = [scale ?? g.filled(1, mean.shape), offset ?? g.filled(0, mean.shape), mean, variance];
    const ids = [g.dense(x, channelsFirst), ...parameters.map((parameter) => vector(g, parameter))].map(({ id }) => id);
    const result = { actual: x.shape, layout: channelsFirst };
    return g.op('BatchNormalization', ids, result, { epsilon: float(varianceEpsilon) });
  },
  [Softmax]: (g, { logits }, { dim }) => {
    const x = g.materialize(logits);
    return g.op('Softmax', [x.id], x, { axis: int(x.layout.indexOf(dim)) });
  },
};
