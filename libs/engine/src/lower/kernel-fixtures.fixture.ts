/** @file Inputs and attributes for every row of the lowering table; a row without a fixture does not compile. */
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import { BatchNormTraining, BatchNormTrainingGrad } from '../trace/batch-norm-training.js';
import type { AttrsOf, InputsOf, KernelName } from '../trace/kernels.js';

/** What to draw for one input. */
export interface InputSpec {
  readonly shape: Shape;
  readonly dtype?: 'float32' | 'int32' | 'bool';
  readonly low?: number;
  readonly high?: number;
}

/** One case. `tolerance` is relative to the largest value; 0 means bit for bit. */
export interface Fixture<K extends KernelName> {
  readonly inputs: InputsOf<K, InputSpec>;
  readonly attrs: AttrsOf<K>;
  readonly tolerance: number;
  /** Makes the kernel's inputs from the drawn ones where they depend on each other. */
  prepare?(inputs: InputsOf<K, tf.Tensor>): InputsOf<K, tf.Tensor>;
}

const rounding = 1e-6;
const x: InputSpec = { shape: [2, 3, 4, 5] };
const positive: InputSpec = { shape: [2, 3], low: 0.1, high: 4 };
const integers: InputSpec = { shape: [4, 6], dtype: 'int32', low: -2, high: 3 };

const unary = (input: InputSpec, tolerance: number) => [{ inputs: { x: input }, attrs: {}, tolerance }];
const binary = (tolerance: number) => [
  { inputs: { a: x, b: x }, attrs: {}, tolerance },
  { inputs: { a: x, b: { shape: [5], low: 0.5 } }, attrs: {}, tolerance },
  { inputs: { a: { shape: [] }, b: { shape: [3, 1], low: 0.5 } }, attrs: {}, tolerance },
];
const comparison = () => [
  { inputs: { a: integers, b: integers }, attrs: {}, tolerance: 0 },
  { inputs: { a: x, b: { shape: [5] } }, attrs: {}, tolerance: 0 },
];
const reduction = (tolerance: number) => [
  { inputs: { x }, attrs: { axis: [1, 2], keepDims: false }, tolerance },
  { inputs: { x }, attrs: { axis: [3], keepDims: true }, tolerance },
  { inputs: { x }, attrs: { axis: [0, 1, 2, 3], keepDims: false }, tolerance },
];

type Pad = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];

/** Padding of `rows` above and below, and of `columns` on the left and right. */
function around(rows: number, columns: number): Pad {
  return [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ];
}

/** Sizes that reach every rule of `conv-filter-gradient.ts`, strides and paddings among them. */
const convolutions: { x: Shape; filter: Shape; strides: [number, number]; pad: Pad }[] = [
  { x: [2, 18, 18, 6], filter: [1, 1, 6, 8], strides: [1, 1], pad: 'valid' }, // taps, 1×1
  { x: [2, 8, 8, 6], filter: [1, 1, 6, 8], strides: [1, 1], pad: 'valid' }, // channelMajor, 1×1
  { x: [2, 4, 4, 6], filter: [1, 1, 6, 8], strides: [1, 1], pad: 'valid' }, // rows, 1×1
  { x: [2, 15, 13, 3], filter: [7, 5, 3, 4], strides: [2, 2], pad: 3 }, // im2col
  { x: [1, 26, 25, 5], filter: [3, 3, 5, 4], strides: [1, 1], pad: 1 }, // shifts
  { x: [1, 24, 25, 5], filter: [4, 3, 5, 4], strides: [1, 1], pad: 'valid' }, // shifts without padding
  { x: [1, 20, 20, 5], filter: [2, 2, 5, 4], strides: [1, 1], pad: 2 }, // shifts, the result larger than x
  { x: [1, 44, 43, 5], filter: [3, 3, 5, 4], strides: [2, 2], pad: 1 }, // taps
  { x: [2, 12, 12, 5], filter: [3, 3, 5, 4], strides: [1, 1], pad: 'same' }, // rows
  { x: [2, 14, 14, 5], filter: [3, 3, 5, 4], strides: [2, 2], pad: 1 }, // rows
  { x: [2, 4, 5, 5], filter: [3, 3, 5, 4], strides: [1, 1], pad: 1 }, // rows
  { x: [2, 6, 5, 5], filter: [3, 3, 5, 4], strides: [2, 2], pad: 1 }, // small maps with a stride
  { x: [2, 12, 10, 5], filter: [3, 3, 5, 4], strides: [2, 2], pad: 1 }, // rows, input gradient transposed
  { x: [2, 12, 12, 5], filter: [1, 1, 5, 4], strides: [2, 2], pad: 'valid' },
  { x: [2, 8, 8, 5], filter: [1, 1, 5, 4], strides: [2, 2], pad: 'valid' }, // a projection; the last row is left over
  { x: [2, 9, 8, 5], filter: [1, 7, 5, 4], strides: [1, 1], pad: around(0, 3) },
  { x: [2, 17, 17, 5], filter: [7, 1, 5, 4], strides: [1, 1], pad: around(3, 0) }, // Inception's columns and rows
  { x: [2, 3, 3, 5], filter: [1, 7, 5, 4], strides: [1, 1], pad: around(0, 3) }, // wider than the small map
  { x: [2, 8, 8, 5], filter: [3, 1, 5, 4], strides: [1, 1], pad: around(1, 0) },
  { x: [2, 17, 16, 5], filter: [3, 3, 5, 4], strides: [2, 2], pad: 0 }, // grid reduction, a column left over
  { x: [2, 11, 11, 5], filter: [5, 5, 5, 4], strides: [1, 1], pad: 2 },
  { x: [2, 5, 5, 6], filter: [5, 5, 6, 4], strides: [1, 1], pad: 0 }, // the auxiliary head: one window
  { x: [2, 32, 31, 3], filter: [7, 7, 3, 4], strides: [2, 2], pad: 3 }, // stem of ResNet and DenseNet
  { x: [1, 35, 34, 3], filter: [11, 11, 3, 4], strides: [4, 4], pad: 2 }, // stem of AlexNet
  { x: [1, 5, 5, 5], filter: [2, 2, 5, 4], strides: [1, 1], pad: 2 }, // padding wider than the turned filter allows
];

/** Rounding of a convolution's sums: their terms come in another order. */
function summing([height, width, inputs]: Shape): number {
  return rounding * Math.max(1, Math.sqrt((height * width * inputs) / 100));
}

function convOutput({ x: input, filter, strides, pad }: (typeof convolutions)[number]): Shape {
  return tf.backend_util.computeConv2DInfo(
    input as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    1,
    pad as number,
  ).outShape;
}

const pooling = [
  { filterSize: 3, strides: 2, pad: 0 as Pad, size: 9 },
  { filterSize: 2, strides: 2, pad: 0 as Pad, size: 7 },
  { filterSize: [2, 3] as [number, number], strides: 1, pad: 'valid' as Pad, size: 6 },
  { filterSize: 6, strides: 6, pad: 0 as Pad, size: 6 },
  { filterSize: 2, strides: 2, pad: 0 as Pad, size: 8 }, // DenseNet's transitions
  { filterSize: 3, strides: 1, pad: 0 as Pad, size: 8 }, // Inception's pooled branches, the picture padded before
  { filterSize: 5, strides: 3, pad: 0 as Pad, size: 17 }, // its auxiliary head: overlapping windows
];
const paddedPooling = [
  ...pooling,
  { filterSize: 3, strides: 2, pad: 1 as Pad, size: 8 },
  {
    filterSize: 3,
    strides: 2,
    pad: [
      [0, 0],
      [0, 1],
      [0, 1],
      [0, 0],
    ] as Pad,
    size: 8,
  },
];
const poolShape = (size: number): Shape => [2, size, size, 3];

function pooledShape({ filterSize, strides, pad, size }: (typeof pooling)[number]): Shape {
  const shape = poolShape(size) as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad as number).outShape;
}

const vectors = { scale: { shape: [5] }, offset: { shape: [5] } };

export const fixtures: { readonly [K in KernelName]: readonly Fixture<K>[] } = {
  [tf.Abs]: unary(x, 0),
  [tf.Exp]: unary(x, rounding),
  [tf.Log]: unary(positive, rounding),
  [tf.LogicalNot]: unary({ shape: [7], dtype: 'bool' }, 0),
  [tf.Neg]: unary(x, 0),
  [tf.Relu]: unary(x, 0),
  [tf.Rsqrt]: unary(positive, rounding),
  [tf.Sigmoid]: unary(x, rounding),
  [tf.Sqrt]: unary(positive, rounding),
  [tf.Square]: unary(x, rounding),
  [tf.Tanh]: unary(x, rounding),
  [tf.Identity]: unary(x, 0),
  [tf.OnesLike]: unary(x, 0),
  [tf.ZerosLike]: unary(x, 0),
  [tf.Step]: [
    { inputs: { x }, attrs: { alpha: 0 }, tolerance: 0 },
    { inputs: { x }, attrs: { alpha: 0.25 }, tolerance: 0 },
  ],
  [tf.ClipByValue]: [{ inputs: { x }, attrs: { clipValueMin: -0.5, clipValueMax: 1 }, tolerance: 0 }],
  [tf.Cast]: [
    { inputs: { x: { shape: [7], dtype: 'bool' } }, attrs: { dtype: 'float32' }, tolerance: 0 },
    { inputs: { x: integers }, attrs: { dtype: 'float32' }, tolerance: 0 },
    { inputs: { x }, attrs: { dtype: 'int32' }, tolerance: 0 },
    { inputs: { x: integers }, attrs: { dtype: 'bool' }, tolerance: 0 },
  ],

  [tf.Add]: binary(rounding),
  [tf.Sub]: binary(rounding),
  [tf.Multiply]: binary(rounding),
  [tf.RealDiv]: binary(rounding),
  [tf.Maximum]: binary(0),
  [tf.Minimum]: binary(0),
  [tf.SquaredDifference]: binary(rounding),
  [tf.Equal]: comparison(),
  [tf.Greater]: comparison(),
  [tf.GreaterEqual]: comparison(),
  [tf.Less]: comparison(),
  [tf.LessEqual]: comparison(),
  [tf.LogicalAnd]: [
    { inputs: { a: { shape: [9], dtype: 'bool' }, b: { shape: [9], dtype: 'bool' } }, attrs: {}, tolerance: 0 },
  ],
  [tf.AddN]: [{ inputs: [x, x, x], attrs: {}, tolerance: rounding }],
  [tf.Select]: [
    {
      inputs: { condition: { shape: [4, 3], dtype: 'bool' }, t: { shape: [4, 3] }, e: { shape: [4, 3] } },
      attrs: {},
      tolerance: 0,
    },
  ],

  [tf.Sum]: reduction(rounding),
  [tf.Mean]: reduction(rounding),
  [tf.Min]: reduction(0),
  [tf.Max]: reduction(0).map(({ attrs: { axis, keepDims }, ...rest }) => ({
    ...rest,
    attrs: { reductionIndices: axis, keepDims },
  })),
  [tf.ArgMax]: [
    { inputs: { x: { shape: [4, 6] } }, attrs: { axis: 1 }, tolerance: 0 },
    { inputs: { x: { shape: [4, 6] } }, attrs: { axis: 0 }, tolerance: 0 },
  ],
  [tf.Softmax]: [{ inputs: { logits: { shape: [3, 7] } }, attrs: { dim: 1 }, tolerance: rounding }],

  [tf.BatchMatMul]: [
    {
      inputs: { a: { shape: [3, 4] }, b: { shape: [4, 5] } },
      attrs: { transposeA: false, transposeB: false },
      tolerance: rounding,
    },
    {
      inputs: { a: { shape: [4, 3] }, b: { shape: [5, 4] } },
      attrs: { transposeA: true, transposeB: true },
      tolerance: rounding,
    },
    {
      inputs: { a: { shape: [2, 4, 3] }, b: { shape: [2, 5, 4] } },
      attrs: { transposeA: true, transposeB: true },
      tolerance: rounding,
    },
    {
      inputs: { a: { shape: [6, 3, 4] }, b: { shape: [1, 4, 5] } },
      attrs: { transposeA: false, transposeB: false },
      tolerance: rounding,
    },
  ],

  [tf.Conv2D]: [
    ...convolutions.map(({ x: input, filter, strides, pad }) => ({
      inputs: { x: { shape: input }, filter: { shape: filter } },
      attrs: { strides, pad: pad as 'same', dataFormat: 'NHWC' as const, dilations: 1 },
      tolerance: summing(filter),
    })),
    {
      inputs: { x: { shape: [1, 9, 9, 3] }, filter: { shape: [3, 3, 3, 4] } },
      attrs: { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: [2, 2] },
      tolerance: rounding,
    },
    {
      inputs: { x: { shape: [1, 7, 7, 3] }, filter: { shape: [3, 3, 3, 4] } },
      attrs: { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: [2, 2] },
      tolerance: rounding,
    },
  ],
  [tf.Conv2DBackpropInput]: convolutions.map((size) => ({
    inputs: { dy: { shape: convOutput(size) }, filter: { shape: size.filter } },
    attrs: {
      strides: size.strides,
      pad: size.pad as 'same',
      dataFormat: 'NHWC',
      inputShape: [...size.x] as [number, number, number, number],
    },
    tolerance: rounding,
  })),
  [tf.Conv2DBackpropFilter]: convolutions.map((size) => ({
    inputs: { x: { shape: size.x }, dy: { shape: convOutput(size) } },
    attrs: {
      strides: size.strides,
      pad: size.pad as 'same',
      dataFormat: 'NHWC',
      filterShape: [...size.filter] as [number, number, number, number],
    },
    tolerance: rounding,
  })),

  [tf.MaxPool]: paddedPooling.map(({ filterSize, strides, pad, size }) => ({
    inputs: { x: { shape: poolShape(size) } },
    attrs: { filterSize, strides, pad: pad as number },
    tolerance: 0,
  })),
  [tf.AvgPool]: paddedPooling.map(({ filterSize, strides, pad, size }) => ({
    inputs: { x: { shape: poolShape(size) } },
    attrs: { filterSize, strides, pad: pad as number },
    tolerance: rounding,
  })),
  // Whole numbers from a small range, so that many windows hold equal maxima.
  [tf.MaxPoolGrad]: paddedPooling.map((pool) => ({
    inputs: {
      dy: { shape: pooledShape(pool) },
      input: { shape: poolShape(pool.size), dtype: 'int32', low: 0, high: 4 },
      output: { shape: pooledShape(pool) },
    },
    attrs: { filterSize: pool.filterSize, strides: pool.strides, pad: pool.pad as number },
    tolerance: rounding,
    prepare: ({ dy, input, output }) => ({ dy, input: tf.cast(input, 'float32'), output }),
  })),
  [tf.AvgPoolGrad]: pooling.map((pool) => ({
    inputs: { dy: { shape: pooledShape(pool) }, input: { shape: poolShape(pool.size) } },
    attrs: { filterSize: pool.filterSize, strides: pool.strides, pad: pool.pad as number },
    tolerance: rounding,
  })),

  [tf.FusedBatchNorm]: [
    {
      inputs: { x, ...vectors, mean: { shape: [5] }, variance: { shape: [5], low: 0.1 } },
      attrs: { varianceEpsilon: 1e-3 },
      tolerance: 5e-6,
    },
  ],
  [BatchNormTraining]: [{ inputs: { x, ...vectors }, attrs: { epsilon: 1e-5 }, tolerance: 5e-6 }],
  // The gradient's formula holds for the statistics of x only.
  [BatchNormTrainingGrad]: [
    {
      inputs: { dy: x, x, scale: { shape: [5] }, mean: { shape: [5] }, variance: { shape: [5] } },
      attrs: { epsilon: 1e-5 },
      tolerance: 5e-6,
      prepare: (inputs) => ({ ...inputs, ...tf.moments(inputs.x, [0, 1, 2]) }),
    },
  ],

  [tf.Fill]: [{ inputs: {}, attrs: { shape: [2, 3], value: 1.5, dtype: 'float32' }, tolerance: 0 }],
  [tf.Reshape]: [
    { inputs: { x }, attrs: { shape: [6, 20] }, tolerance: 0 },
    { inputs: { x }, attrs: { shape: [-1, 1, 5] }, tolerance: 0 },
  ],
  [tf.ExpandDims]: [{ inputs: { input: { shape: [2, 3] } }, attrs: { dim: 1 }, tolerance: 0 }],
  [tf.Transpose]: [{ inputs: { x }, attrs: { perm: [0, 3, 1, 2] }, tolerance: 0 }],
  [tf.Tile]: [
    { inputs: { x: { shape: [2, 3] } }, attrs: { reps: [2, 3] }, tolerance: 0 },
    { inputs: { x: { shape: [1, 3] } }, attrs: { reps: [4, 1] }, tolerance: 0 },
  ],
  [tf.PadV2]: [
    {
      inputs: { x },
      attrs: {
        paddings: [
          [0, 0],
          [1, 2],
          [0, 3],
          [0, 0],
        ],
        constantValue: 0.5,
      },
      tolerance: 0,
    },
  ],
  [tf.Concat]: [
    { inputs: [x, x], attrs: { axis: 3 }, tolerance: 0 },
    { inputs: [{ shape: [2, 3] }, { shape: [4, 3] }], attrs: { axis: 0 }, tolerance: 0 },
    {
      inputs: [3, 1, 4, 2].map((channels) => ({ shape: [2, 3, 2, channels] })),
      attrs: { axis: 3 },
      tolerance: 0,
    },
  ],
  [tf.Slice]: [
    { inputs: { x }, attrs: { begin: [0, 1, 0, 2], size: [2, 2, -1, 3] }, tolerance: 0 },
    { inputs: { x }, attrs: { begin: [1, 0, 0, 0], size: [1, 3, 4, 5] }, tolerance: 0 },
  ],
  [tf.SplitV]: [
    { inputs: { x }, attrs: { numOrSizeSplits: [2, 1, 2], axis: 3 }, tolerance: 0 },
    { inputs: { x }, attrs: { numOrSizeSplits: 2, axis: 2 }, tolerance: 0 },
    { inputs: { x: { shape: [2, 3, 2, 10] } }, attrs: { numOrSizeSplits: [3, 1, 4, 2], axis: 3 }, tolerance: 0 },
  ],
  [tf.OneHot]: [
    {
      inputs: { indices: { shape: [6], dtype: 'int32', low: 0, high: 4 } },
      attrs: { depth: 4, onValue: 1, offValue: 0, dtype: 'float32' },
      tolerance: 0,
    },
  ],
};
