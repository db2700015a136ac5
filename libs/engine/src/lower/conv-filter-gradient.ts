/**
 * @file Gradient of a convolution with respect to its filter. It is one matrix product of dy with the windows of x,
 * and which way of laying out the windows is fastest depends on the sizes by a factor of up to ten. The thresholds
 * were measured with onnxruntime 1.30 on a CPU with AVX2 at batch 16.
 */
import { int, ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { inOrder, type Lowered, outputFirst } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** How the windows are laid out. */
export type FilterGradientRule = 'taps' | 'im2col' | 'channelMajor' | 'channelMajorJoined' | 'channelLast';

/** The measured choice. `positions` = output height × width. */
export function chooseFilterGradientRule(
  inputChannels: number,
  taps: number,
  unitStride: boolean,
  positions: number,
): FilterGradientRule {
  if (taps === 1 && unitStride) return positions >= 300 ? 'taps' : positions >= 32 ? 'channelMajor' : 'channelLast';
  if (inputChannels <= 4) return 'im2col';
  if (positions >= 600) return 'taps';
  if (positions >= 100) return 'channelMajor';
  return positions >= 40 ? 'channelMajorJoined' : 'channelLast';
}

/**
 * dW [h,w,I,O] held as OIHW.
 *
 * @param x [N,H,W,I] held as NCHW.
 * @param dy [N,OH,OW,O] held as NCHW.
 */
export function filterGradient(g: LoweringContext, x: Lowered, dy: Lowered, geometry: Geometry): Lowered {
  const [, height, width, outputs] = dy.shape;
  const [kernelHeight, kernelWidth] = geometry.kernel;
  const inputs = x.shape[3];
  const unitStride = geometry.strides.every((stride) => stride === 1);
  const rule = chooseFilterGradientRule(inputs, kernelHeight * kernelWidth, unitStride, height * width);
  const sizes: Sizes = { batch: x.shape[0], inputs, outputs, height, width, taps: kernelHeight * kernelWidth };
  const shape = [kernelHeight, kernelWidth, inputs, outputs];
  return rules[rule](g, x, dy, geometry, sizes, { actual: shape, layout: outputFirst });
}

interface Sizes {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly taps: number;
}

type Rule = (
  g: LoweringContext,
  x: Lowered,
  dy: Lowered,
  geometry: Geometry,
  sizes: Sizes,
  result: { actual: number[]; layout: typeof outputFirst },
) => Lowered;

const rules: Readonly<Record<FilterGradientRule, Rule>> = {
  /** One batched product [O,K] × [I,K]ᵀ a tap, summed over the batch: no copies but the slices. */
  taps: (g, x, dy, geometry, sizes, result) => {
    const products = tapsOf(g, x, [2, 3], geometry, sizes).map((tap) =>
      batchedProduct(g, tap, dy, sizes, sizes.inputs),
    );
    return fromTapMajor(g, products, sizes, result);
  },

  /** All taps behind each other as channels, one batched product: for the few channels of a stem. */
  im2col: (g, x, dy, geometry, sizes, result) => {
    const taps = tapsOf(g, x, [2, 3], geometry, sizes);
    const channels = sizes.taps * sizes.inputs;
    const columns = join(g, taps, 1, [sizes.batch, channels, sizes.height, sizes.width]);
    return fromTapColumns(g, batchedProduct(g, columns, dy, sizes, channels), sizes, result);
  },

  /** Batch moved behind the channels (a copy of rows), then one plain product [O,NK] × [I,NK]ᵀ a tap: no sum. */
  channelMajor: (g, x, dy, geometry, sizes, result) => {
    const gradient = channelMajorMatrix(g, swapBatch(g, dy), sizes.outputs, sizes);
    const products = tapsOf(g, swapBatch(g, x), [2, 3], geometry, sizes).map((tap) =>
      gemm(g, gradient, channelMajorMatrix(g, tap, sizes.inputs, sizes), false, [sizes.outputs, sizes.inputs]),
    );
    return fromTapMajor(g, products, sizes, result);
  },

  /** As `channelMajor` with all taps in one product. */
  channelMajorJoined: (g, x, dy, geometry, sizes, result) => {
    const gradient = channelMajorMatrix(g, swapBatch(g, dy), sizes.outputs, sizes);
    const channels = sizes.taps * sizes.inputs;
    const taps = tapsOf(g, swapBatch(g, x), [2, 3], geometry, sizes);
    const joined = join(g, taps, 0, [channels, sizes.batch, sizes.height, sizes.width]);
    const columns = channelMajorMatrix(g, joined, channels, sizes);
    return fromTapColumns(g, gemm(g, gradient, columns, false, [sizes.outputs, channels]), sizes, result);
  },

  /** Channels last, all taps joined, one product over batch and positions: for maps of a few pixels. */
  channelLast: (g, x, dy, geometry, sizes, result) => {
    const rows = sizes.batch * sizes.height * sizes.width;
    const channels = sizes.taps * sizes.inputs;
    const taps = tapsOf(g, channelsLast(g, x), [1, 2], geometry, sizes);
    const joined = join(g, taps, 3, [sizes.batch, sizes.height, sizes.width, channels]);
    const columns = g.reshape(joined.id, { actual: [rows, channels] });
    const gradient = g.reshape(channelsLast(g, dy).id, { actual: [rows, sizes.outputs] });
    return fromTapColumns(g, gemm(g, gradient, columns, true, [sizes.outputs, channels]), sizes, result);
  },
};

/** The part of x under each tap of the filter; `axes` are the physical axes of H and W. All as plain 4-D values. */
function tapsOf(g: LoweringContext, x: Plain, axes: [number, number], geometry: Geometry, sizes: Sizes): Plain[] {
  const { kernel, strides, pads } = geometry;
  const physical = x.layout.map((axis) => x.actual[axis]);
  const amounts = new Array<number>(8).fill(0);
  amounts[axes[0]] = pads.top;
  amounts[axes[1]] = pads.left;
  amounts[4 + axes[0]] = pads.bottom;
  amounts[4 + axes[1]] = pads.right;
  const padded = physical.map((size, axis) => size + amounts[axis] + amounts[4 + axis]);
  const source = amounts.some((amount) => amount > 0)
    ? g.op('Pad', [x.id, g.builder.integers(amounts), g.builder.scalar(0)], { actual: padded })
    : { ...x, shape: padded, actual: padded, layout: inOrder(4) };
  const out = padded.map((size, axis) => (axis === axes[0] ? sizes.height : axis === axes[1] ? sizes.width : size));
  if (sizes.taps === 1 && String(out) === String(padded)) return [source];
  const last = [(sizes.height - 1) * strides[0] + 1, (sizes.width - 1) * strides[1] + 1];
  const list = (values: readonly number[]) => g.builder.integers(values);
  return Array.from({ length: sizes.taps }, (_, tap) => {
    const start = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    const end = [start[0] + last[0], start[1] + last[1]];
    return g.op('Slice', [source.id, list(start), list(end), list(axes), list(strides)], { actual: out });
  });
}

/** A value whose logical axes are its physical ones. */
type Plain = Lowered;

function join(g: LoweringContext, parts: readonly Plain[], axis: number, actual: number[]): Plain {
  if (parts.length === 1) return parts[0];
  return g.op(
    'Concat',
    parts.map(({ id }) => id),
    { actual },
    { axis: int(axis) },
  );
}

function swapBatch(g: LoweringContext, x: Lowered): Plain {
  const [batch, height, width, channels] = x.shape;
  return g.op('Transpose', [x.id], { actual: [channels, batch, height, width] }, { perm: ints([1, 0, 2, 3]) });
}

function channelsLast(g: LoweringContext, x: Lowered): Plain {
  return g.op('Transpose', [x.id], { actual: x.shape }, { perm: ints([0, 2, 3, 1]) });
}

function channelMajorMatrix(g: LoweringContext, x: Plain, channels: number, sizes: Sizes): Plain {
  return g.reshape(x.id, { actual: [channels, sizes.batch * sizes.height * sizes.width] });
}

function gemm(g: LoweringContext, dy: Plain, columns: Plain, rowsFirst: boolean, actual: number[]): Plain {
  return g.op('Gemm', [dy.id, columns.id], { actual }, { transA: int(rowsFirst), transB: int(!rowsFirst) });
}

/** Σ over the batch of dy [O,K] × columns [channels,K]ᵀ. */
function batchedProduct(g: LoweringContext, columns: Plain, dy: Lowered, sizes: Sizes, channels: number): Plain {
  const positions = sizes.height * sizes.width;
  const a = g.reshape(dy.id, { actual: [sizes.batch, sizes.outputs, positions] });
  const b = g.reshape(columns.id, { actual: [sizes.batch, channels, positions] });
  const each = { actual: [sizes.batch, sizes.outputs, channels] };
  const product = g.op('FusedMatMul', [a.id, b.id], each, { transB: int(1) }, { domain: 'com.microsoft' });
  const attributes = { keepdims: int(0) };
  return g.op('ReduceSum', [product.id, g.builder.integers([0])], { actual: [sizes.outputs, channels] }, attributes);
}

/** A product [O,I] per tap → dW. */
function fromTapMajor(
  g: LoweringContext,
  products: readonly Plain[],
  sizes: Sizes,
  result: Parameters<Rule>[5],
): Lowered {
  if (products.length === 1) return g.reshape(products[0].id, result);
  const { outputs, inputs, taps } = sizes;
  const stacked = join(g, products, 0, [taps * outputs, inputs]);
  const flat = g.reshape(stacked.id, { actual: [taps, outputs * inputs] });
  const turned = g.op('Transpose', [flat.id], { actual: [outputs * inputs, taps] }, { perm: ints([1, 0]) });
  return g.reshape(turned.id, result);
}

/** One product [O, taps × I] → dW. */
function fromTapColumns(g: LoweringContext, product: Plain, sizes: Sizes, result: Parameters<Rule>[5]): Lowered {
  const { outputs, inputs, taps } = sizes;
  if (taps === 1) return g.reshape(product.id, result);
  const split = g.reshape(product.id, { actual: [outputs, taps, inputs] });
  const turned = g.op('Transpose', [split.id], { actual: [outputs, inputs, taps] }, { perm: ints([0, 2, 1]) });
  return g.reshape(turned.id, result);
}
