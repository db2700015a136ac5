import { Conv2D, Conv2DBackpropFilter, Conv2DBackpropInput } from '@tensorflow/tfjs-core';
import { ints } from '../ir/attribute.js';
import { convGeometry, type Geometry } from '../trace/geometry.js';
import { filterGradient } from './conv-filter-gradient.js';
import { channelsFirst, type Lowered, outputFirst } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';

/** ONNX attributes of a window that slides over H and W. */
export function windowAttributes({ kernel, strides, pads }: Geometry) {
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    pads: ints([pads.top, pads.left, pads.bottom, pads.right]),
  };
}

/** [O,I,h,w] → [I,O,h,w] with every h × w window turned by 180°. */
function turnedFilter(g: LoweringContext, filter: Lowered): Lowered {
  const [height, width, inputs, outputs] = filter.shape;
  const swapped = { actual: [inputs, outputs, height, width] };
  const swap = { perm: ints([1, 0, 2, 3]) };
  const taps = height * width;
  if (taps === 1) return g.op('Transpose', [filter.id], swapped, swap);
  // A product with the anti-identity reverses the taps in less than half the time of Slice with step -1 or Gather.
  const antiIdentity = Float32Array.from({ length: taps * taps }, (_, index) =>
    Math.floor(index / taps) + (index % taps) === taps - 1 ? 1 : 0,
  );
  const flat = g.reshape(filter.id, { actual: [outputs * inputs, taps] });
  const reversed = g.op('MatMul', [flat.id, g.constant('float32', [taps, taps], antiIdentity).id], flat);
  const turned = g.reshape(reversed.id, { actual: [outputs, inputs, height, width] });
  return g.op('Transpose', [turned.id], swapped, swap);
}

/** Gradient with respect to x: a convolution with the turned filter, or a transposed one where the stride is above 1. */
function inputGradient(
  g: LoweringContext,
  dy: Lowered,
  filter: Lowered,
  inputShape: number[],
  geometry: Geometry,
): Lowered {
  const { kernel, strides, pads } = geometry;
  const result = { actual: inputShape, layout: channelsFirst };
  const [top, left] = [kernel[0] - 1 - pads.top, kernel[1] - 1 - pads.left];
  // What the forward windows left over at the far edge gets gradient zero.
  const bottom = inputShape[1] - (dy.shape[1] + top - kernel[0] + 1);
  const right = inputShape[2] - (dy.shape[2] + left - kernel[1] + 1);
  if (strides[0] === 1 && strides[1] === 1 && Math.min(top, left, bottom, right) >= 0) {
    const attributes = { kernel_shape: ints(kernel), pads: ints([top, left, bottom, right]) };
    return g.op('Conv', [dy.id, turnedFilter(g, filter).id], result, attributes);
  }
  const extent = (out: number, axis: 0 | 1, padding: number): number =>
    (out - 1) * strides[axis] + kernel[axis] - padding;
  const outputPadding = [
    inputShape[1] - extent(dy.shape[1], 0, pads.top + pads.bottom),
    inputShape[2] - extent(dy.shape[2], 1, pads.left + pads.right),
  ];
  const attributes = { ...windowAttributes(geometry), output_padding: ints(outputPadding) };
  return g.op('ConvTranspose', [dy.id, filter.id], result, attributes);
}

export const convolutions: Lowerings<typeof Conv2D | typeof Conv2DBackpropFilter | typeof Conv2DBackpropInput> = {
  [Conv2D]: (g, { x, filter }, attrs) => {
    const geometry = convGeometry(x.shape, filter.shape, attrs);
    const inputs = [g.dense(x, channelsFirst).id, g.dense(filter, outputFirst).id];
    const result = { actual: geometry.outShape, layout: channelsFirst };
    return g.op('Conv', inputs, result, { ...windowAttributes(geometry), dilations: ints(geometry.dilations) });
  },
  [Conv2DBackpropInput]: (g, { dy, filter }, attrs) => {
    const geometry = convGeometry(attrs.inputShape, filter.shape, attrs);
    return inputGradient(g, g.dense(dy, channelsFirst), g.dense(filter, outputFirst), attrs.inputShape, geometry);
  },
  [Conv2DBackpropFilter]: (g, { x, dy }, attrs) => {
    const geometry = convGeometry(x.shape, attrs.filterShape, attrs);
    return filterGradient(g, g.dense(x, channelsFirst), g.dense(dy, channelsFirst), geometry);
  },
};
