/**
 * @file Gradient of a convolution with respect to its filter. It is one matrix product of dy with the windows of x,
 * and which way of laying out the windows is fastest depends on the sizes by a factor of up to ten. The thresholds
 * were measured with onnxruntime 1.30 on one and two cores with AVX-512 at batch 16.
 */
import { int, ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { productsByPositions } from './filter-gradient-by-positions.js';
import type { Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { pad } from './shape.js';
import { type ConvSizes, convSizes, join, type Plain, positionRows, tapsOf, windowRows } from './windows.js';

/** How the windows are laid out. */
export type FilterGradientRule = 'shifts' | 'taps' | 'im2col' | 'channelMajor' | 'rows' | 'positions';

/** The measured choice. `positions` = output height × width. */
export function chooseFilterGradientRule(
  inputChannels: number,
  taps: number,
  unitStride: boolean,
  positions: number,
): FilterGradientRule {
  if (taps === 1 && unitStride) return positions >= 300 ? 'taps' : positions >= 32 ? 'channelMajor' : 'rows';
  if (inputChannels <= 4) return 'im2col';
  return positions <= 300 ? 'rows' : unitStride ? 'shifts' : 'taps';
}

/**
 * dW [h,w,I,O].
 *
 * @param x [N,H,W,I] held as NCHW.
 * @param dy [N,OH,OW,O] held as NCHW.
 */
export function filterGradient(g: LoweringContext, x: Lowered, dy: Lowered, geometry: Geometry): Lowered {
  const sizes = convSizes(geometry, x.shape[3]);
  const product = rules[chooseRule(g, geometry, sizes)](g, x, dy, geometry, sizes);
  return g.reshape(product.id, { actual: [...geometry.kernel, sizes.inputs, sizes.outputs] });
}

function chooseRule(g: LoweringContext, { strides }: Geometry, sizes: ConvSizes): FilterGradientRule {
  const positions = sizes.height * sizes.width;
  // WebGPU has no product that transposes a batch.
  if (g.target === 'webgpu') return positions >= 40 ? 'positions' : 'rows';
  const unitStride = strides.every((stride) => stride === 1);
  return chooseFilterGradientRule(sizes.inputs, sizes.taps, unitStride, positions);
}

/** Gives [taps · I, O], taps outermost: how a filter [h,w,I,O] lies in memory. */
type Rule = (g: LoweringContext, x: Lowered, dy: Lowered, geometry: Geometry, sizes: ConvSizes) => Plain;

const rules: Readonly<Record<FilterGradientRule, Rule>> = {
  /**
   * As `taps`, but x is shifted by the columns of the filter only, and dy by its rows against it: 4 copies for a 3×3
   * filter in place of 9. Copies are what a product of large maps waits for.
   */
  shifts: (g, x, dy, { kernel, pads }, sizes) => {
    const rows = x.shape[1];
    const shift = (value: Lowered, axis: 1 | 2, before: number, size: number): Lowered => {
      const amounts: [number, number][] = [0, 1, 2, 3].map(() => [0, 0]);
      amounts[axis] = [before, size - before - value.shape[axis]];
      return pad(g, value, amounts, 0);
    };
    const byColumn = Array.from({ length: kernel[1] }, (_, column) => shift(x, 2, pads.left - column, sizes.width));
    const byRow = Array.from({ length: kernel[0] }, (_, row) => shift(dy, 1, row - pads.top, rows));
    const positions = { ...sizes, height: rows };
    const products = byRow.flatMap((gradient) =>
      byColumn.map((columns) => batchedProduct(g, columns, gradient, positions, sizes.inputs)),
    );
    return join(g, products, 0, [sizes.taps * sizes.inputs, sizes.outputs]);
  },

  /** One batched product [I,K] × [O,K]ᵀ a tap, summed over the batch: no copies but the slices. */
  taps: (g, x, dy, geometry, sizes) => {
    const products = tapsOf(g, x, geometry, sizes).map((tap) => batchedProduct(g, tap, dy, sizes, sizes.inputs));
    return join(g, products, 0, [sizes.taps * sizes.inputs, sizes.outputs]);
  },

  /** All taps behind each other as channels, one batched product: for the few channels of a stem. */
  im2col: (g, x, dy, geometry, sizes) => {
    const channels = sizes.taps * sizes.inputs;
    const taps = tapsOf(g, x, geometry, sizes);
    const columns = join(g, taps, 1, [sizes.batch, channels, sizes.height, sizes.width]);
    return batchedProduct(g, columns, dy, sizes, channels);
  },

  /** Batch moved behind the channels (a copy of rows), then one plain product [I,NK] × [O,NK]ᵀ a tap: no sum. */
  channelMajor: (g, x, dy, geometry, sizes) => {
    const gradient = channelMajorMatrix(g, swapBatch(g, dy), sizes.outputs, sizes);
    const products = tapsOf(g, swapBatch(g, x), geometry, sizes).map((tap) => {
      const columns = channelMajorMatrix(g, tap, sizes.inputs, sizes);
      return g.op('Gemm', [columns.id, gradient.id], { actual: [sizes.inputs, sizes.outputs] }, { transB: int(1) });
    });
    return join(g, products, 0, [sizes.taps * sizes.inputs, sizes.outputs]);
  },

  /** Windows as rows, one product over batch and positions. Shares the rows with forward where that is a product too. */
  rows: (g, x, dy, geometry, sizes) => {
    const operands = [windowRows(g, x, geometry, sizes), positionRows(g, dy)];
    const actual = [sizes.taps * sizes.inputs, sizes.outputs];
    return g.op(
      'Gemm',
      operands.map(({ id }) => id),
      { actual },
      { transA: int(1) },
    );
  },

  positions: productsByPositions,
};

function swapBatch(g: LoweringContext, x: Lowered): Plain {
  const [batch, height, width, channels] = x.shape;
  return g.op('Transpose', [x.id], { actual: [channels, batch, height, width] }, { perm: ints([1, 0, 2, 3]) });
}

function channelMajorMatrix(g: LoweringContext, x: Plain, channels: number, sizes: ConvSizes): Plain {
  return g.reshape(x.id, { actual: [channels, sizes.batch * sizes.height * sizes.width] });
}

/** Σ over the batch of columns [channels,K] × dy [O,K]ᵀ. */
function batchedProduct(g: LoweringContext, columns: Plain, dy: Lowered, sizes: ConvSizes, channels: number): Plain {
  const positions = sizes.height * sizes.width;
  const a = g.reshape(columns.id, { actual: [sizes.batch, channels, positions] });
  const b = g.reshape(dy.id, { actual: [sizes.batch, sizes.outputs, positions] });
  const each = { actual: [sizes.batch, channels, sizes.outputs] };
  const product = g.op('FusedMatMul', [a.id, b.id], each, { transB: int(1) }, { domain: 'com.microsoft' });
  const attributes = { keepdims: int(0) };
  return g.op('ReduceSum', [product.id, g.builder.integers([0])], { actual: [channels, sizes.outputs] }, attributes);
}
