import { int } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { inOrder, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { type ConvSizes, join, type Plain } from './windows.js';

/**
 * Σ over the batch of dy [O,K] × windows [K,I] for every tap, K = output positions, without a product that transposes:
 * x is turned to NHWC once, so that the part of it under a tap is a matrix of positions by channels.
 *
 * @returns [O, taps × I], taps outermost.
 */
export function productsByPositions(
  g: LoweringContext,
  x: Lowered,
  dy: Lowered,
  geometry: Geometry,
  sizes: ConvSizes,
): Plain {
  const { batch, inputs, outputs, height, width, taps } = sizes;
  const gradient = g.reshape(dy.id, { actual: [batch, outputs, height * width] });
  const product = (windows: Plain, channels: number): Plain => {
    const matrix = g.reshape(windows.id, { actual: [batch, height * width, channels] });
    const each = g.op('MatMul', [gradient.id, matrix.id], { actual: [batch, outputs, channels] });
    const result = { actual: [outputs, channels] };
    return g.op('ReduceSum', [each.id, g.builder.integers([0])], result, { keepdims: int(0) });
  };
  const parts = windowsByPosition(g, x, geometry, sizes);
  if (inputs > 4)
    return join(
      g,
      parts.map((part) => product(part, inputs)),
      1,
      [outputs, taps * inputs],
    );
  return product(join(g, parts, 3, [batch, height, width, taps * inputs]), taps * inputs);
}

/** The part of x under each tap as [N,OH,OW,I], in row-major order of the taps. */
function windowsByPosition(g: LoweringContext, x: Lowered, geometry: Geometry, sizes: ConvSizes): Plain[] {
  const { kernel, strides, pads } = geometry;
  const [batch, rows, columns, channels] = x.shape;
  const actual = [batch, rows + pads.top + pads.bottom, columns + pads.left + pads.right, channels];
  const turned = g.toLayout(x, inOrder(4));
  const amounts = [0, pads.top, pads.left, 0, 0, pads.bottom, pads.right, 0];
  const padded = amounts.some((amount) => amount > 0)
    ? g.op('Pad', [turned.id, g.builder.integers(amounts), g.builder.scalar(0)], { actual })
    : turned;
  const out = [batch, sizes.height, sizes.width, channels];
  if (sizes.taps === 1 && String(out) === String(actual)) return [padded];
  const last = [(sizes.height - 1) * strides[0] + 1, (sizes.width - 1) * strides[1] + 1];
  const list = (values: readonly number[]) => g.builder.integers(values);
  return Array.from({ length: sizes.taps }, (_, tap) => {
    const start = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    const end = [start[0] + last[0], start[1] + last[1]];
    return g.op('Slice', [padded.id, list(start), list(end), list([1, 2]), list(strides)], { actual: out });
  });
}
