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

/** [N,H,W,C] held as NCHW → [N·H·W, C]. */
export function positionRows(g: LoweringContext, x: Lowered): Plain {
  const [batch, height, width, channels] = x.shape;
  const moved = g.toLayout(x, inOrder(4));
  return g.reshape(moved.id, { actual: [batch * height * width, channels] });
}

/**
 * One row a window: [N·OH·OW, I·taps], channels outermost, which is how a filter [O,I,h,w] lies in memory: its matrix
 * needs no reordering. For maps of a few pixels, where the windows are small and the filter is large.
 */
export function windowRows(g: LoweringContext, x: Lowered, geometry: Geometry, sizes: ConvSizes): Plain {
  const { batch, inputs, height, width, taps } = sizes;
  const each = [batch, inputs, 1, height, width];
  const parts = tapsOf(g, x, geometry, sizes).map((tap) => g.reshape(tap.id, { actual: each }));
  const joined = join(g, parts, 2, [batch, inputs, taps, height, width]);
  const actual = [batch, height, width, inputs, taps];
  const turned = g.op('Transpose', [joined.id], { actual }, { perm: ints([0, 3, 4, 1, 2]) });
  return g.reshape(turned.id, { actual: [batch * height * width, inputs * taps] });
}
