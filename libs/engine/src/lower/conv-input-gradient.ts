/** @file Gradient of a convolution with respect to its input. */
import { int, ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { channelsFirst, convFilter, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { reduce } from './reduce.js';
import { windowAttributes } from './window-attributes.js';
import { convSizes, gradientRows, positionRows } from './windows.js';

/** [h,w,I,O] → [I,O,h,w] with every h × w window turned by 180°. */
function turnedFilter(g: LoweringContext, filter: Lowered): Lowered {
  const [height, width, inputs, outputs] = filter.shape;
  const taps = height * width;
  const result = { actual: [inputs, outputs, height, width] };
  if (taps === 1) return g.reshape(filter.id, result);
  const flat = g.reshape(filter.id, { actual: [taps, inputs, outputs] });
  const reversed = g.constant(
    'int32',
    [taps],
    Int32Array.from({ length: taps }, (_, tap) => taps - 1 - tap),
  );
  const turned = g.op('Gather', [flat.id, reversed.id], flat, { axis: int(0) });
  return g.op('Transpose', [g.reshape(turned.id, { actual: filter.shape }).id], result, { perm: ints([2, 3, 0, 1]) });
}

/**
 * True where a convolution on the processor is better done as one matrix product over the whole batch: onnxruntime works
 * picture by picture, and with few positions in each it reads the filter for next to nothing (3×3×512×512 on 2×2 runs
 * at 23 GFLOP/s), and reorders it for its blocked kernels at the cost of a third of a convolution of 7×7 positions.
 */
export function isSmallMap({ target }: LoweringContext, { outShape, dilations }: Geometry): boolean {
  return target === 'cpu' && outShape[1] * outShape[2] <= 50 && dilations.every((dilation) => dilation === 1);
}

/** For each tap, what every pixel gets through it: dy there × the tap's [I,O]ᵀ. No part of the filter moves. */
function inputGradientByRows(
  g: LoweringContext,
  dy: Lowered,
  filter: Lowered,
  inputShape: number[],
  geometry: Geometry,
) {
  const { inputs, outputs, taps } = convSizes(geometry, inputShape[3]);
  const [batch, height, width] = inputShape;
  const count = batch * height * width;
  const rows = gradientRows(g, dy, inputShape, geometry);
  const a = g.reshape(rows.id, { actual: [taps, count, outputs] });
  const b = g.reshape(filter.id, { actual: [taps, inputs, outputs] });
  const each = { actual: [taps, count, inputs] };
  const product = g.op('FusedMatMul', [a.id, b.id], each, { transB: int(1) }, { domain: 'com.microsoft' });
  const sum = reduce(g, 'ReduceSum', product, 0, false);
  return g.toLayout(g.reshape(sum.id, { actual: inputShape }), channelsFirst);
}

/** dy × filter gives what every window gets; Col2Im adds the windows up. The filter is read as it lies in memory. */
function inputGradientByProduct(
  g: LoweringContext,
  dy: Lowered,
  filter: Lowered,
  inputShape: number[],
  geometry: Geometry,
) {
  const { batch, inputs, outputs, height, width, taps } = convSizes(geometry, inputShape[3]);
  const matrix = g.reshape(filter.id, { actual: [taps * inputs, outputs] });
  const actualProduct = { actual: [batch * height * width, taps * inputs] };
  const product = g.op('Gemm', [positionRows(g, dy).id, matrix.id], actualProduct, { transB: int(1) });
  const split = g.reshape(product.id, { actual: [batch, height * width, taps, inputs] });
  const actual = [batch, inputs, taps, height * width];
  const turned = g.op('Transpose', [split.id], { actual }, { perm: ints([0, 3, 2, 1]) });
  const columns = g.reshape(turned.id, { actual: [batch, inputs * taps, height * width] });
  const { strides, pads } = windowAttributes(geometry);
  const sizes = [inputShape.slice(1, 3), geometry.kernel].map((list) => g.builder.integers(list));
  return g.op('Col2Im', [columns.id, ...sizes], { actual: inputShape, layout: channelsFirst }, { strides, pads });
}

/**
 * Gradient with respect to x: a product for small maps, else a convolution with the turned filter, or a transposed
 * one where the stride is above 1.
 */
export function inputGradient(
  g: LoweringContext,
  dy: Lowered,
  filter: Lowered,
  inputShape: number[],
  geometry: Geometry,
): Lowered {
  const { kernel, strides, pads } = geometry;
  const unitStride = strides.every((stride) => stride === 1);
  if (isSmallMap(g, geometry)) {
    const product = unitStride ? inputGradientByRows : inputGradientByProduct;
    return product(g, dy, filter, inputShape, geometry);
  }
  const result = { actual: inputShape, layout: channelsFirst };
  const [top, left] = [kernel[0] - 1 - pads.top, kernel[1] - 1 - pads.left];
  // What the forward windows left over at the far edge gets gradient zero.
  const bottom = inputShape[1] - (dy.shape[1] + top - kernel[0] + 1);
  const right = inputShape[2] - (dy.shape[2] + left - kernel[1] + 1);
  if (unitStride && Math.min(top, left, bottom, right) >= 0) {
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
  return g.op('ConvTranspose', [dy.id, g.toLayout(filter, convFilter).id], result, attributes);
}
