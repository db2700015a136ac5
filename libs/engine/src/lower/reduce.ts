import { util } from '@tensorflow/tfjs-core';
import { sizeOf } from '#primitives';
import { int } from '../ir/attribute.js';
import { combine } from './elementwise.js';
import { type Lowered, physicalAxes } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** Shape, actual shape and layout after `axes` were reduced. */
export function reducedResult(x: Lowered, axes: readonly number[], keepDims: boolean) {
  const shrink = (sizes: readonly number[]): number[] => sizes.map((size, axis) => (axes.includes(axis) ? 1 : size));
  if (keepDims) return { dtype: x.dtype, shape: shrink(x.shape), actual: shrink(x.actual), layout: x.layout };
  const keep = (sizes: readonly number[]): number[] => sizes.filter((_, axis) => !axes.includes(axis));
  const remaining = x.layout.filter((axis) => !axes.includes(axis));
  const layout = remaining.map((axis) => axis - axes.filter((reduced) => reduced < axis).length);
  return { dtype: x.dtype, shape: keep(x.shape), actual: keep(x.actual), layout };
}

/** Those of the axes that lie together at the end of memory; none where they are of size 1. */
function trailingAxes(x: Lowered, axes: readonly number[]): number[] {
  const kept = x.layout.findLastIndex((axis) => !axes.includes(axis));
  const last = x.layout.slice(kept + 1);
  return last.some((axis) => x.actual[axis] > 1) ? last : [];
}

/** Reduces logical axes with ReduceSum, ReduceMean, ReduceMax or ReduceMin (axes are an input since operator set 18). */
export function reduce(
  g: LoweringContext,
  op: string,
  x: Lowered,
  axis: number | number[] | null | undefined,
  keepDims: boolean,
): Lowered {
  const axes = util.parseAxisParam(axis as number, [...x.shape]);
  const result = reducedResult(x, axes, keepDims);
  if (axes.length === 0) return x;
  const last = trailingAxes(x, axes);
  if (g.target === 'webgpu' && last.length > 0 && last.length < axes.length) {
    // Many threads share one sum over the axes at the end of memory, a single one does it over any other.
    return reduce(g, op, reduce(g, op, x, last, true), axes, keepDims);
  }
  const positions = physicalAxes(x.layout, axes).sort((a, b) => a - b);
  const reduced = g.op(op, [x.id, g.builder.integers(positions)], result, { keepdims: int(keepDims) });
  // Along a pending broadcast one element stands for many: only a sum notices.
  const pending = sizeOf(axes.map((index) => x.shape[index])) / sizeOf(axes.map((index) => x.actual[index]));
  return op === 'ReduceSum' && pending !== 1 ? combine(g, 'Mul', [reduced, g.filled(pending)]) : reduced;
}
