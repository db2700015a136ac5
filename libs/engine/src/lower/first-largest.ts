import { cast, combine } from './elementwise.js';
import type { Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { reduce } from './reduce.js';

/**
 * ArgMax without int64: the smallest index, counted in float32, at which the maximum stands. Exact for fewer than 2²⁴
 * elements along the axis.
 */
export function firstLargest(g: LoweringContext, x: Lowered, along: number): Lowered {
  const size = x.shape[along];
  const shape = x.shape.map((_, axis) => (axis === along ? size : 1));
  const numbers = g.constant(
    'float32',
    shape,
    Float32Array.from({ length: size }, (_, index) => index),
  );
  const isLargest = combine(g, 'Equal', [x, reduce(g, 'ReduceMax', x, along, true)], 'bool');
  const candidates = combine(g, 'Where', [isLargest, numbers, g.filled(size)], 'float32');
  return cast(g, reduce(g, 'ReduceMin', candidates, along, false), 'int32');
}
