/** @file What shape and type each kernel's result has: one total table over `Kernels`. */
import {
  Abs,
  Add,
  AddN,
  ArgMax,
  AvgPool,
  AvgPoolGrad,
  BatchMatMul,
  backend_util,
  Cast,
  ClipByValue,
  Concat,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Equal,
  Exp,
  ExpandDims,
  Fill,
  FusedBatchNorm,
  Greater,
  GreaterEqual,
  Identity,
  Less,
  LessEqual,
  Log,
  LogicalAnd,
  LogicalNot,
  Max,
  Maximum,
  MaxPool,
  MaxPoolGrad,
  Mean,
  Min,
  Minimum,
  Multiply,
  Neg,
  OneHot,
  OnesLike,
  PadV2,
  RealDiv,
  Relu,
  Reshape,
  Rsqrt,
  Select,
  Sigmoid,
  Slice,
  Softmax,
  SplitV,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  Sub,
  Sum,
  slice_util,
  Tanh,
  Tile,
  Transpose,
  util,
  ZerosLike,
} from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import { BatchNormTraining, BatchNormTrainingGrad } from './batch-norm-training.js';
import { convGeometry, poolGeometry } from './geometry.js';
import type { AttrsOf, InputsOf, KernelName } from './kernels.js';
import type { TracedType } from './trace.js';

/** Type of the result, or of each result, from the types of the inputs. */
export type ShapeRule<K extends KernelName> = (
  inputs: InputsOf<K, TracedType>,
  attrs: AttrsOf<K>,
) => TracedType | TracedType[];

const likeX = ({ x }: { x: TracedType }): TracedType => x;

const broadcast = ({ a, b }: { a: TracedType; b: TracedType }): TracedType => ({
  shape: backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]),
  dtype: a.dtype,
});

const compare = (inputs: { a: TracedType; b: TracedType }): TracedType => ({ ...broadcast(inputs), dtype: 'bool' });

function reduced(shape: Shape, axis: number | number[], keepDims: boolean): number[] {
  const axes = util.parseAxisParam(axis, [...shape]);
  const kept = shape.map((size, index) => (axes.includes(index) ? 1 : size));
  return keepDims ? kept : kept.filter((_, index) => !axes.includes(index));
}

export const shapeRules: { readonly [K in KernelName]: ShapeRule<K> } = {
  [Abs]: likeX,
  [Exp]: likeX,
  [Identity]: likeX,
  [Log]: likeX,
  [LogicalNot]: likeX,
  [Neg]: likeX,
  [OnesLike]: likeX,
  [Relu]: likeX,
  [Rsqrt]: likeX,
  [Sigmoid]: likeX,
  [Sqrt]: likeX,
  [Square]: likeX,
  [Step]: likeX,
  [Tanh]: likeX,
  [ZerosLike]: likeX,
  [ClipByValue]: likeX,
  [FusedBatchNorm]: likeX,
  [Cast]: ({ x }, { dtype }) => ({ shape: x.shape, dtype }),

  [Add]: broadcast,
  [Sub]: broadcast,
  [Multiply]: broadcast,
  [RealDiv]: broadcast,
  [Maximum]: broadcast,
  [Minimum]: broadcast,
  [SquaredDifference]: broadcast,
  [Equal]: compare,
  [Greater]: compare,
  [GreaterEqual]: compare,
  [Less]: compare,
  [LessEqual]: compare,
  [LogicalAnd]: compare,
  [AddN]: ([first]) => first,
  [Select]: ({ t }) => t,

  [Sum]: ({ x }, { axis, keepDims }) => ({ shape: reduced(x.shape, axis, keepDims), dtype: x.dtype }),
  [Mean]: ({ x }, { axis, keepDims }) => ({ shape: reduced(x.shape, axis, keepDims), dtype: x.dtype }),
  [Max]: ({ x }, { reductionIndices, keepDims }) => ({
    shape: reduced(x.shape, reductionIndices, keepDims),
    dtype: x.dtype,
  }),
  [Min]: ({ x }, { axis, keepDims }) => ({ shape: reduced(x.shape, axis, keepDims), dtype: x.dtype }),
  [ArgMax]: ({ x }, { axis }) => ({ shape: reduced(x.shape, axis, false), dtype: 'int32' }),
  [Softmax]: ({ logits }) => logits,

  [BatchMatMul]: ({ a, b }, { transposeA, transposeB }) => {
    const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const rows = a.shape[a.shape.length - (transposeA ? 1 : 2)];
    const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
    return { shape: [...batch, rows, columns], dtype: a.dtype };
  },

  [Conv2D]: ({ x, filter }, attrs) => ({ shape: convGeometry(x.shape, filter.shape, attrs).outShape, dtype: x.dtype }),
  [Conv2DBackpropInput]: ({ dy }, { inputShape }) => ({ shape: inputShape, dtype: dy.dtype }),
  [Conv2DBackpropFilter]: ({ dy }, { filterShape }) => ({ shape: filterShape, dtype: dy.dtype }),
  [MaxPool]: ({ x }, attrs) => ({ shape: poolGeometry(x.shape, attrs).outShape, dtype: x.dtype }),
  [AvgPool]: ({ x }, attrs) => ({ shape: poolGeometry(x.shape, attrs).outShape, dtype: x.dtype }),
  [MaxPoolGrad]: ({ input }) => input,
  [AvgPoolGrad]: ({ input }) => input,
  [BatchNormTraining]: ({ x, scale }) => [x, scale, scale],
  [BatchNormTrainingGrad]: ({ x, scale }) => [x, scale, scale],

  [Fill]: (_, { shape, dtype }) => ({ shape, dtype }),
  [Reshape]: ({ x }, { shape }) => ({
    shape: util.inferFromImplicitShape(
      shape,
      x.shape.reduce((product, axis) => product * axis, 1),
    ),
    dtype: x.dtype,
  }),
  [ExpandDims]: ({ input }, { dim }) => {
    const axis = dim < 0 ? input.shape.length + dim + 1 : dim;
    return { shape: [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)], dtype: input.dtype };
  },
  [Transpose]: ({ x }, { perm }) => ({ shape: perm.map((axis) => x.shape[axis]), dtype: x.dtype }),
  [Tile]: ({ x }, { reps }) => ({ shape: x.shape.map((size, axis) => size * reps[axis]), dtype: x.dtype }),
  [PadV2]: ({ x }, { paddings }) => ({
    shape: x.shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]),
    dtype: x.dtype,
  }),
  [Concat]: (inputs, { axis }) => {
    const along = util.parseAxisParam(axis, [...inputs[0].shape])[0];
    const size = inputs.reduce((sum, { shape }) => sum + shape[along], 0);
    return { shape: inputs[0].shape.map((own, index) => (index === along ? size : own)), dtype: inputs[0].dtype };
  },
  [Slice]: ({ x }, { begin, size }) => ({
    shape: slice_util.parseSliceParams({ shape: [...x.shape] } as never, begin, size)[1],
    dtype: x.dtype,
  }),
  [SplitV]: ({ x }, { numOrSizeSplits, axis }) => {
    const along = util.parseAxisParam(axis, [...x.shape])[0];
    const sizes = backend_util.prepareSplitSize({ shape: [...x.shape] } as never, numOrSizeSplits, along);
    return sizes.map((size) => ({
      shape: x.shape.map((own, index) => (index === along ? size : own)),
      dtype: x.dtype,
    }));
  },
  [OneHot]: ({ indices }, { depth, dtype }) => ({ shape: [...indices.shape, depth], dtype }),
};
