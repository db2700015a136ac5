import { ArgMax, Max, Mean, Min, Sum, util } from '@tensorflow/tfjs-core';
import { sizeOf } from '#primitives';
import { int } from '../ir/attribute.js';
import { cast, combine } from './elementwise.js';
import { type Lowered, physicalAxes } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';

/** Shape, actual shape and layout after `axes` were reduced. */
function reducedResult(x: Lowered, axes: readonly number[], keepDims: boolean) {
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

/**
 * ArgMax without int64: the smallest index, counted in float32, at which the maximum stands. Exact for fewer than 2²⁴
 * elements along the axis.
 */
function firstLargest(g: LoweringContext, x: Lowered, along: number): Lowered {
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

export const reductions: Lowerings<typeof ArgMax | typeof Max | typeof Mean | typeof Min | typeof Sum> = {
  [Sum]: (g, { x }, { axis, keepDims }) => reduce(g, 'ReduceSum', x, axis, keepDims),
  [Mean]: (g, { x }, { axis, keepDims }) => reduce(g, 'ReduceMean', x, axis, keepDims),
  [Max]: (g, { x }, { reductionIndices, keepDims }) => reduce(g, 'ReduceMax', x, reductionIndices, keepDims),
  [Min]: (g, { x }, { axis, keepDims }) => reduce(g, 'ReduceMin', x, axis, keepDims),
  [ArgMax]: (g, { x }, { axis }) => {
    const [along] = util.parseAxisParam(axis, [...x.shape]);
    if (g.target === 'webgpu') return firstLargest(g, x, along);
    const result = { ...reducedResult(x, [along], false), dtype: 'int64' as const };
    const attributes = { axis: int(x.layout.indexOf(along)), keepdims: int(false) };
    return cast(g, g.op('ArgMax', [x.id], result, attributes), 'int32');
  },
};
