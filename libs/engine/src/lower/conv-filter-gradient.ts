/**
 * @file Gradient of a convolution with respect to its filter. It is one matrix product of dy with the windows of x,
 * and which way of laying out the windows is fastest depends on the sizes by a factor of up to ten. The thresholds
 * were measured with onnxruntime 1.30 on a CPU with AVX2 at batch 16.
 */
import { int, ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { productsByPositions } from './filter-gradient-by-positions.js';
import { type Lowered, outputFirst } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { type ConvSizes, convSizes, join, type Plain, positionRows, tapsOf, windowRows } from './windows.js';

/** How the windows are laid out. */
export type FilterGradientRule = 'taps' | 'im2col' | 'channelMajor' | 'channelMajorJoined' | 'rows';

/** The measured choice. `positions` = output height × width. */
export function chooseFilterGradientRule(
  inputChannels: number,
  taps: number,
  unitStride: boolean,
  positions: number,
): FilterGradientRule {
  if (taps === 1 && unitStride) return positions >= 300 ? 'taps' : positions >= 32 ? 'channelMajor' : 'rows';
  if (inputChannels <= 4) return 'im2col';
  if (positions >= 600) return 'taps';
  if (positions >= 100) return 'channelMajor';
  return positions >= 40 ? 'channelMajorJoined' : 'rows';
}

/**
 * dW [h,w,I,O] held as OIHW.
 *
 * @param x [N,H,W,I] held as NCHW.
 * @param dy [N,OH,OW,O] held as NCHW.
 */
export function filterGradient(g: LoweringContext, x: Lowered, dy: Lowered, geometry: Geometry): Lowered {
  const sizes = convSizes(geometry, x.shape[3]);
  const unitStride = geometry.strides.every((stride) => stride === 1);
  const shape = [...geometry.kernel, sizes.inputs, sizes.outputs];
  const result = { actual: shape, layout: outputFirst };
  if (g.target === 'webgpu' && sizes.height * sizes.width >= 40) {
    return fromTapColumns(g, productsByPositions(g, x, dy, geometry, sizes), sizes, result);
  }
  const rule = chooseFilterGradientRule(sizes.inputs, sizes.taps, unitStride, sizes.height * sizes.width);
  return rules[g.target === 'webgpu' ? 'rows' : rule](g, x, dy, geometry, sizes, result);
}

type Rule = (
  g: LoweringContext,
  x: Lowered,
  dy: Lowered,
  geometry: Geometry,
  sizes: ConvSizes,
  result: { actual: number[]; layout: typeof outputFirst },
) => Lowered;

const rules: Readonly<Record<FilterGradientRule, Rule>> = {
  /** One batched product [O,K] × [I,K]ᵀ a tap, summed over the batch: no copies but the slices. */
  taps: (g, x, dy, geometry, sizes, result) => {
    const products = tapsOf(g, x, geometry, sizes).map((tap) => batchedProduct(g, tap, dy, sizes, sizes.inputs));
    return fromTapMajor(g, products, sizes, result);
  },

  /** All taps behind each other as channels, one batched product: for the few channels of a stem. */
  im2col: (g, x, dy, geometry, sizes, result) => {
    const taps = tapsOf(g, x, geometry, sizes);
    const channels = sizes.taps * sizes.inputs;
    const columns = join(g, taps, 1, [sizes.batch, channels, sizes.height, sizes.width]);
    return fromTapColumns(g, batchedProduct(g, columns, dy, sizes, channels), sizes, result);
  },

  /** Batch moved behind the channels (a copy of rows), then one plain product [O,NK] × [I,NK]ᵀ a tap: no sum. */
  channelMajor: (g, x, dy, geometry, sizes, result) => {
    const gradient = channelMajorMatrix(g, swapBatch(g, dy), sizes.outputs, sizes);
    const products = tapsOf(g, swapBatch(g, x), geometry, sizes).map((tap) =>
      gemm(g, gradient, channelMajorMatrix(g, tap, sizes.inputs, sizes), false, [sizes.outputs, sizes.inputs]),
    );
    return fromTapMajor(g, products, sizes, result);
  },

  /** As `channelMajor` with all taps in one product. */
  channelMajorJoined: (g, x, dy, geometry, sizes, result) => {
    const gradient = channelMajorMatrix(g, swapBatch(g, dy), sizes.outputs, sizes);
    const channels = sizes.taps * sizes.inputs;
    const taps = tapsOf(g, swapBatch(g, x), geometry, sizes);
    const joined = join(g, taps, 0, [channels, sizes.batch, sizes.height, sizes.width]);
    const columns = channelMajorMatrix(g, joined, channels, sizes);
    return fromTapColumns(g, gemm(g, gradient, columns, false, [sizes.outputs, channels]), sizes, result);
  },

  /** Windows as rows, one product over batch and positions: for maps of a few pixels. Shares the rows with forward. */
  rows: (g, x, dy, geometry, sizes, result) => {
    const windows = windowRows(g, x, geometry, sizes);
    const product = gemm(g, positionRows(g, dy), windows, true, [sizes.outputs, sizes.inputs * sizes.taps]);
    return g.reshape(product.id, result); // the rows are in the filter's order, nothing to move
  },
};

function swapBatch(g: LoweringContext, x: Lowered): Plain {
  const [batch, height, width, channels] = x.shape;
  return g.op('Transpose', [x.id], { actual: [channels, batch, height, width] }, { perm: ints([1, 0, 2, 3]) });
}

function channelMajorMatrix(g: LoweringContext, x: Plain, channels: number, sizes: ConvSizes): Plain {
  return g.reshape(x.id, { actual: [channels, sizes.batch * sizes.height * sizes.width] });
}

function gemm(g: LoweringContext, dy: Plain, columns: Plain, rowsFirst: boolean, actual: number[]): Plain {
  return g.op('Gemm', [dy.id, columns.id], { actual }, { transA: int(rowsFirst), transB: int(!rowsFirst) });
}

/** Σ over the batch of dy [O,K] × columns [channels,K]ᵀ. */
function batchedProduct(g: LoweringContext, columns: Plain, dy: Lowered, sizes: ConvSizes, channels: number): Plain {
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
  sizes: ConvSizes,
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
function fromTapColumns(g: LoweringContext, product: Plain, sizes: ConvSizes, result: Parameters<Rule>[5]): Lowered {
  const { outputs, inputs, taps } = sizes;
  if (taps === 1) return g.reshape(product.id, result);
  const split = g.reshape(product.id, { actual: [outputs, taps, inputs] });
  const turned = g.op('Transpose', [split.id], { actual: [outputs, inputs, taps] }, { perm: ints([0, 2, 1]) });
  return g.reshape(turned.id, result);
}
