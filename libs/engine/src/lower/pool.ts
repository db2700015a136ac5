import { AvgPool, AvgPoolGrad, MaxPool, MaxPoolGrad } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '#primitives';
import { int, ints, string, tensor } from '../ir/attribute.js';
import { poolGeometry } from '../trace/geometry.js';
import { combine } from './elementwise.js';
import { channelsFirst, type Lowered } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';
import { maxima, maxPoolGradientByMask } from './max-pool-by-mask.js';
import { windowAttributes } from './window-attributes.js';

type PoolAttrs = Parameters<typeof poolGeometry>[1];

/** The maxima and where in the flat NCHW memory of x each was found (the first of equals, as in tfjs and torch). */
function maxPool(g: LoweringContext, x: Lowered, attrs: PoolAttrs): { result: Lowered; indices: Lowered } {
  const geometry = poolGeometry(x.shape, attrs);
  const source = g.dense(x, channelsFirst);
  const [values, indices] = g.builder.nodes('MaxPool', [source.id], windowAttributes(geometry), 2);
  const type = { actual: geometry.outShape, layout: channelsFirst };
  return { result: g.wrap(values, type), indices: g.wrap(indices, { ...type, dtype: 'int64' }) };
}

/** Every dy is added to the element of x its maximum came from. */
function maxPoolGradient(g: LoweringContext, dy: Lowered, x: Lowered, attrs: PoolAttrs): Lowered {
  const { indices } = maxPool(g, x, attrs);
  const flat = (value: Lowered): Lowered => g.reshape(value.id, { dtype: value.dtype, actual: [sizeOf(value.shape)] });
  const size = sizeOf(x.shape);
  const zero = { dtype: 'float32' as const, shape: [1], data: Float32Array.of(0) };
  const zeros = g.op('ConstantOfShape', [g.builder.integers([size])], { actual: [size] }, { value: tensor(zero) });
  const inputs = [zeros.id, flat(indices).id, flat(g.dense(dy, channelsFirst)).id];
  const scattered = g.op('ScatterElements', inputs, zeros, { axis: int(0), reduction: string('add') });
  return g.reshape(scattered.id, { actual: x.shape, layout: channelsFirst });
}

/** Every dy is spread evenly over its window. */
function avgPoolGradient(g: LoweringContext, dy: Lowered, inputShape: Shape, attrs: PoolAttrs): Lowered {
  const geometry = poolGeometry(inputShape, attrs);
  const { kernel, strides, pads } = geometry;
  if (Object.values(pads).some((amount) => amount > 0)) {
    throw new RangeError('the gradient of average pooling needs pad 0; pad explicitly before pooling');
  }
  const share = g.filled(1 / (kernel[0] * kernel[1]));
  if (kernel[0] === inputShape[1] && kernel[1] === inputShape[2]) {
    return { ...combine(g, 'Mul', [dy, share]), shape: inputShape };
  }
  const channels = inputShape[3];
  const weight = g.op('Expand', [share.id, g.builder.integers([channels, 1, ...kernel])], {
    actual: [channels, 1, ...kernel],
  });
  const left = [1, 2].map((axis) => inputShape[axis] - (dy.shape[axis] - 1) * strides[axis - 1] - kernel[axis - 1]);
  const attributes = { ...windowAttributes(geometry), group: int(channels), output_padding: ints(left) };
  const source = g.dense(dy, channelsFirst);
  return g.op('ConvTranspose', [source.id, weight.id], { actual: inputShape, layout: channelsFirst }, attributes);
}

export const pools: Lowerings<typeof AvgPool | typeof AvgPoolGrad | typeof MaxPool | typeof MaxPoolGrad> = {
  // WebGPU's MaxPool takes a node that wants indices and fails when it runs.
  [MaxPool]: (g, { x }, attrs) =>
    g.target === 'webgpu' ? maxima(g, x, poolGeometry(x.shape, attrs)) : maxPool(g, x, attrs).result,
  [MaxPoolGrad]: (g, { dy, input }, attrs) =>
    g.target === 'webgpu'
      ? maxPoolGradientByMask(g, dy, input, poolGeometry(input.shape, attrs))
      : maxPoolGradient(g, dy, input, attrs),
  // Padding does not count, in ONNX by default as in tfjs.
  [AvgPool]: (g, { x }, attrs) => {
    const geometry = poolGeometry(x.shape, attrs);
    const result = { actual: geometry.outShape, layout: channelsFirst };
    return g.op('AveragePool', [g.dense(x, channelsFirst).id], result, windowAttributes(geometry));
  },
  [AvgPoolGrad]: (g, { dy, input }, attrs) => avgPoolGradient(g, dy, input.shape, attrs),
};
