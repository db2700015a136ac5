import { int } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { inOrder, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { type ConvSizes, join, type Plain, tapsOf } from './windows.js';

/**
 * Σ over the batch of windows [I,K] × dy [K,O] for every tap, K = output positions, without a product that transposes:
 * dy is turned to NHWC once.
 *
 * @returns [taps · I, O], taps outermost.
 */
export function productsByPositions(
  g: LoweringContext,
  x: Lowered,
  dy: Lowered,
  geometry: Geometry,
  sizes: ConvSizes,
): Plain {
  const { batch, inputs, outputs, height, width, taps } = sizes;
  const gradient = g.reshape(g.toLayout(dy, inOrder(4)).id, { actual: [batch, height * width, outputs] });
  const product = (windows: Plain, channels: number): Plain => {
    const matrix = g.reshape(windows.id, { actual: [batch, channels, height * width] });
    const each = g.op('MatMul', [matrix.id, gradient.id], { actual: [batch, channels, outputs] });
    const result = { actual: [channels, outputs] };
    return g.op('ReduceSum', [each.id, g.builder.integers([0])], result, { keepdims: int(0) });
  };
  const parts = tapsOf(g, x, geometry, sizes);
  if (inputs <= 4) return product(join(g, parts, 1, [batch, taps * inputs, height, width]), taps * inputs);
  const products = parts.map((part) => product(part, inputs));
  return join(g, products, 0, [taps * inputs, outputs]);
}
