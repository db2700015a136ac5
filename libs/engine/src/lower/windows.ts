/** @file The windows that a filter slides over, laid out for matrix products. */
import { int, ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { inOrder, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** A value whose logical axes are its physical ones. */
export type Plain = Lowered;

/** Sizes of one convolution. */
export interface ConvSizes {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Of the output. */
  readonly height: number;
  readonly width: number;
  /** Kernel height × width. */
  readonly taps: number;
}

/** Sizes of a convolution of `inputs` channels to `geometry.outShape`. */
export function convSizes({ outShape, kernel }: Geometry, inputs: number): ConvSizes {
  const [batch, height, width, outputs] = outShape;
  return { batch, inputs, outputs, height, width, taps: kernel[0] * kernel[1] };
}

/** The part of x under each tap of the filter, in row-major order of the taps; H and W are the physical axes 2 and 3. */
export function tapsOf(g: LoweringContext, x: Lowered, geometry: Geometry, sizes: ConvSizes): Plain[] {
  const { kernel, strides, pads } = geometry;
  const [first, second, height, width] = x.layout.map((axis) => x.actual[axis]);
  const actual = [first, second, height + pads.top + pads.bottom, width + pads.left + pads.right];
  const amounts = [0, 0, pads.top, pads.left, 0, 0, pads.bottom, pads.right];
  const padded = amounts.some((amount) => amount > 0)
    ? g.op('Pad', [x.id, g.builder.integers(amounts), g.builder.scalar(0)], { actual })
    : { ...x, shape: actual, actual, layout: inOrder(4) };
  const out = [first, second, sizes.height, sizes.width];
  if (sizes.taps === 1 && String(out) === String(actual)) return [padded];
  const last = [(sizes.height - 1) * strides[0] + 1, (sizes.width - 1) * strides[1] + 1];
  const list = (values: readonly number[]) => g.builder.integers(values);
  return Array.from({ length: sizes.taps }, (_, tap) => {
    const start = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    const end = [start[0] + last[0], start[1] + last[1]];
    return g.op('Slice', [padded.id, list(start), list(end), list([2, 3]), list(strides)], { actual: out });
  });
}

/** Values behind each other along a physical axis. */
export function join(g: LoweringContext, parts: readonly Plain[], axis: number, actual: number[]): Plain {
  if (parts.length === 1) return parts[0];
  const ids = parts.map(({ id }) => id);
  return g.op('Concat', ids, { actual }, { axis: int(axis) });
}

/** [N,H,W,C] → [N·H·W, C]. */
export function positionRows(g: LoweringContext, x: Lowered): Plain {
  const [batch, height, width, channels] = x.shape;
  return g.reshape(g.toLayout(x, inOrder(4)).id, { actual: [batch * height * width, channels] });
}

/**
 * Gathers whole pixels of [N,H,W,C] into [N, indices, C]; a pixel that is undefined is outside of the picture, and zero.
 * One threaded copy of C numbers a time: slices, pads and transposes of the same windows take two to ten times as
 * long, on one thread.
 */
function gatherPixels(g: LoweringContext, x: Lowered, wanted: readonly (number | undefined)[]): Plain {
  const [batch, height, width, channels] = x.shape;
  const outside = height * width;
  let source = g.reshape(g.toLayout(x, inOrder(4)).id, { actual: [batch, outside, channels] });
  const actual = [batch, wanted.length, channels];
  // A 1×1 filter: every pixel is its own window.
  if (wanted.length === outside && wanted.every((pixel, index) => pixel === index)) return source;
  if (wanted.includes(undefined)) {
    const amounts = [g.builder.integers([0, 0, 0, 0, 1, 0]), g.builder.scalar(0)];
    source = g.op('Pad', [source.id, ...amounts], { actual: [batch, outside + 1, channels] });
  }
  const indices = Int32Array.from(wanted, (pixel) => pixel ?? outside);
  const list = g.constant('int32', [wanted.length], indices);
  return g.op('Gather', [source.id, list.id], { actual }, { axis: int(1) });
}

/** One row a window: [N·OH·OW, taps·I], taps outermost, as a filter [h,w,I,O] lies in memory. */
export function windowRows(g: LoweringContext, x: Lowered, geometry: Geometry, sizes: ConvSizes): Plain {
  const { kernel, strides, dilations, pads } = geometry;
  const [, height, width] = x.shape;
  const { batch, inputs, taps } = sizes;
  const positions = sizes.height * sizes.width;
  const wanted = Array.from({ length: positions * taps }, (_, index) => {
    const [position, tap] = [Math.floor(index / taps), index % taps];
    const row = Math.floor(position / sizes.width) * strides[0] + Math.floor(tap / kernel[1]) * dilations[0] - pads.top;
    const column = (position % sizes.width) * strides[1] + (tap % kernel[1]) * dilations[1] - pads.left;
    return inside(row, column, height, width);
  });
  return g.reshape(gatherPixels(g, x, wanted).id, { actual: [batch * positions, taps * inputs] });
}

/** The gradients of the windows, 1 pixel apart, that saw a pixel of x under each tap: [taps · N·H·W, O]. */
export function gradientRows(
  g: LoweringContext,
  dy: Lowered,
  inputShape: readonly number[],
  geometry: Geometry,
): Plain {
  const { kernel, dilations, pads, outShape } = geometry;
  const [batch, height, width] = inputShape;
  const channels = dy.shape[3];
  const taps = kernel[0] * kernel[1];
  const wanted = Array.from({ length: taps * height * width }, (_, index) => {
    const [tap, pixel] = [Math.floor(index / (height * width)), index % (height * width)];
    const row = Math.floor(pixel / width) + pads.top - Math.floor(tap / kernel[1]) * dilations[0];
    const column = (pixel % width) + pads.left - (tap % kernel[1]) * dilations[1];
    return inside(row, column, outShape[1], outShape[2]);
  });
  const gathered = gatherPixels(g, dy, wanted);
  const actual = [taps * batch * height * width, channels];
  if (taps === 1) return g.reshape(gathered.id, { actual });
  const split = g.reshape(gathered.id, { actual: [batch, taps, height * width * channels] });
  const moved = { actual: [taps, batch, height * width * channels] };
  return g.reshape(g.op('Transpose', [split.id], moved, { perm: ints([1, 0, 2]) }).id, { actual });
}

function inside(row: number, column: number, height: number, width: number): number | undefined {
  return row >= 0 && row < height && column >= 0 && column < width ? row * width + column : undefined;
}
