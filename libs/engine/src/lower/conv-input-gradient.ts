/** @file Gradient of a convolution with respect to its input. */
import { ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { channelsFirst, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { windowAttributes } from './window-attributes.js';
import { convSizes, positionRows } from './windows.js';

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

/**
 * True where a convolution is better done as one matrix product over the whole batch: onnxruntime works picture by
 * picture, and with at most 16 positions in each it reads the filter for next to nothing (3×3×512×512 on 2×2 runs at
 * 23 GFLOP/s).
 */
export function isSmallMap({ outShape, dilations }: Geometry): boolean {
  return outShape[1] * outShape[2] <= 16 && dilations.every((dilation) => dilation === 1);
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
  const matrix = g.reshape(filter.id, { actual: [outputs, inputs * taps] });
  const product = g.op('Gemm', [positionRows(g, dy).id, matrix.id], {
    actual: [batch * height * width, inputs * taps],
  });
  const split = g.reshape(product.id, { actual: [batch, height * width, inputs * taps] });
  const actual = [batch, inputs * taps, height * width];
  const columns = g.op('Transpose', [split.id], { actual }, { perm: ints([0, 2, 1]) });
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
  // WebGPU has no Col2Im.
  if (isSmallMap(geometry) && g.target !== 'webgpu') return inputGradientByProduct(g, dy, filter, inputShape, geometry);
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
