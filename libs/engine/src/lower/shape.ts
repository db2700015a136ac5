import {
  backend_util,
  Concat,
  ExpandDims,
  Fill,
  OneHot,
  OnesLike,
  PadV2,
  Reshape,
  Slice,
  SplitV,
  slice_util,
  Tile,
  Transpose,
  util,
  ZerosLike,
} from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import { int, string } from '../ir/attribute.js';
import { cast, elementType } from './elementwise.js';
import { inOrder, isSingle, type Lowered } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';
import { oneHotByComparison } from './one-hot-by-comparison.js';

/** Another shape for the same row-major values. */
function reshape(g: LoweringContext, x: Lowered, shape: Shape): Lowered {
  if (isSingle(x)) return g.reshape(x.id, { dtype: x.dtype, shape, actual: shape.map(() => 1) });
  const onlyOnes = (sizes: Shape): string => sizes.filter((size) => size !== 1).join();
  const pending = String(x.actual) !== String(x.shape);
  if (pending && onlyOnes(x.shape) === onlyOnes(shape)) {
    const actual = x.actual.filter((_, axis) => x.shape[axis] !== 1);
    const spread = shape.map((size) => (size === 1 ? 1 : (actual.shift() as number)));
    return g.reshape(g.toLayout(x, inOrder(x.shape.length)).id, { dtype: x.dtype, shape, actual: spread });
  }
  return g.reshape(g.dense(x, inOrder(x.shape.length)).id, { dtype: x.dtype, actual: shape });
}

/** Cuts `size` elements from `begin` on along every axis; an axis that is cut must not have a pending broadcast. */
export function slice(g: LoweringContext, x: Lowered, begin: readonly number[], size: readonly number[]): Lowered {
  const shape = [...size];
  const actual = x.actual.map((own, axis) => (own === x.shape[axis] ? size[axis] : own));
  const cut = inOrder(x.shape.length).filter((axis) => x.actual[axis] !== actual[axis]);
  if (cut.length === 0) return { ...x, shape };
  const lists = [cut.map((axis) => begin[axis]), cut.map((axis) => begin[axis] + size[axis])];
  const positions = cut.map((axis) => x.layout.indexOf(axis));
  const inputs = [...lists, positions].map((list) => g.builder.integers(list));
  return g.op('Slice', [x.id, ...inputs], { ...x, shape, actual });
}

/** Puts values of one shape but for `axis` behind each other. */
export function concat(g: LoweringContext, parts: readonly Lowered[], axis: number): Lowered {
  const [first] = parts;
  const dense = parts.map((part) => g.dense(part, first.layout));
  const size = dense.reduce((sum, { shape }) => sum + shape[axis], 0);
  const actual = first.shape.map((own, index) => (index === axis ? size : own));
  return g.op(
    'Concat',
    dense.map(({ id }) => id),
    { dtype: first.dtype, actual, layout: first.layout },
    { axis: int(first.layout.indexOf(axis)) },
  );
}

/** Surrounds with a constant; pairs are in logical order. */
export function pad(
  g: LoweringContext,
  x: Lowered,
  pads: readonly (readonly [number, number])[],
  value: number,
): Lowered {
  if (pads.every(([before, after]) => before === 0 && after === 0)) return x;
  const full = g.materialize(x);
  const physical = full.layout.map((axis) => pads[axis]);
  const amounts = [...physical.map(([before]) => before), ...physical.map(([, after]) => after)];
  const actual = full.shape.map((size, axis) => pads[axis][0] + size + pads[axis][1]);
  const inputs = [full.id, g.builder.integers(amounts), g.builder.scalar(value)];
  return g.op('Pad', inputs, { ...full, shape: actual, actual }, { mode: string('constant') });
}

export const shapes: Lowerings<
  | typeof Concat
  | typeof ExpandDims
  | typeof Fill
  | typeof OneHot
  | typeof OnesLike
  | typeof PadV2
  | typeof Reshape
  | typeof Slice
  | typeof SplitV
  | typeof Tile
  | typeof Transpose
  | typeof ZerosLike
> = {
  [Fill]: (g, _, { shape, value, dtype }) => cast(g, g.filled(Number(value), shape), elementType(dtype)),
  [OnesLike]: (g, { x }) => cast(g, g.filled(1, x.shape), x.dtype),
  [ZerosLike]: (g, { x }) => cast(g, g.filled(0, x.shape), x.dtype),
  [Reshape]: (g, { x }, { shape }) => {
    const size = x.shape.reduce((product, axis) => product * axis, 1);
    return reshape(g, x, util.inferFromImplicitShape(shape, size));
  },
  [ExpandDims]: (g, { input }, { dim }) => {
    const axis = dim < 0 ? input.shape.length + dim + 1 : dim;
    return reshape(g, input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]);
  },
  // Only the names of the axes change; memory is reordered when an operator asks for it.
  [Transpose]: (_, { x }, { perm }) => ({
    ...x,
    shape: perm.map((axis) => x.shape[axis]),
    actual: perm.map((axis) => x.actual[axis]),
    layout: x.layout.map((axis) => perm.indexOf(axis)),
  }),
  // Repeating an axis of size 1 is a broadcast and stays pending.
  [Tile]: (g, { x }, { reps }) => {
    const shape = x.shape.map((size, axis) => size * reps[axis]);
    if (reps.every((times, axis) => times === 1 || x.shape[axis] === 1)) return { ...x, shape };
    const full = g.materialize(x);
    const repeats = g.builder.integers(full.layout.map((axis) => reps[axis]));
    return g.op('Tile', [full.id, repeats], { ...full, shape, actual: shape });
  },
  [PadV2]: (g, { x }, { paddings, constantValue }) => pad(g, x, paddings, constantValue),
  [Concat]: (g, parts, { axis }) => {
    const present = [...parts].filter(({ shape }) => shape.every((size) => size > 0));
    return concat(g, present, util.parseAxisParam(axis, [...present[0].shape])[0]);
  },
  [Slice]: (g, { x }, attrs) => {
    const [begin, size] = slice_util.parseSliceParams({ shape: [...x.shape] } as never, attrs.begin, attrs.size);
    return slice(g, x, begin, size);
  },
  [SplitV]: (g, { x }, { numOrSizeSplits, axis }) => {
    const [along] = util.parseAxisParam(axis, [...x.shape]);
    const sizes = backend_util.prepareSplitSize({ shape: [...x.shape] } as never, numOrSizeSplits, along);
    let start = 0;
    return sizes.map((size) => {
      const begin = x.shape.map((_, index) => (index === along ? start : 0));
      start += size;
      return slice(
        g,
        x,
        begin,
        x.shape.map((own, index) => (index === along ? size : own)),
      );
    });
  },
  // onnxruntime has no kernel for int32 indices with float32 values.
  [OneHot]: (g, { indices }, { depth, onValue, offValue, dtype }) => {
    if (g.target === 'webgpu') {
      return cast(g, oneHotByComparison(g, indices, depth, onValue, offValue), elementType(dtype));
    }
    const ordered = g.dense(indices, inOrder(indices.shape.length));
    const wide = cast(g, ordered, 'int64');
    const values = g.builder.constant('float32', [2], Float32Array.of(offValue, onValue));
    const size = g.builder.constant('int64', [], BigInt64Array.of(BigInt(depth)));
    const result = g.op('OneHot', [wide.id, size, values], { actual: [...indices.shape, depth] }, { axis: int(-1) });
    return cast(g, result, elementType(dtype));
  },
};
