/**
 * @file The kernels the engine knows, each under tfjs-core's own name with tfjs-core's own types. The shape rules and
 * the lowering table are total over this interface: a kernel that is added here does not compile until both know it.
 */
import type {
  Abs,
  Add,
  AddN,
  AddNInputs,
  ArgMax,
  ArgMaxAttrs,
  ArgMaxInputs,
  AvgPool,
  AvgPoolAttrs,
  AvgPoolGrad,
  AvgPoolGradAttrs,
  AvgPoolGradInputs,
  AvgPoolInputs,
  BatchMatMul,
  BatchMatMulAttrs,
  BatchMatMulInputs,
  BinaryInputs,
  Cast,
  CastAttrs,
  ClipByValue,
  ClipByValueAttrs,
  Concat,
  ConcatAttrs,
  ConcatInputs,
  Conv2D,
  Conv2DAttrs,
  Conv2DBackpropFilter,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropFilterInputs,
  Conv2DBackpropInput,
  Conv2DBackpropInputAttrs,
  Conv2DBackpropInputInputs,
  Conv2DInputs,
  Equal,
  Exp,
  ExpandDims,
  ExpandDimsAttrs,
  ExpandDimsInputs,
  Fill,
  FillAttrs,
  FusedBatchNorm,
  FusedBatchNormAttrs,
  FusedBatchNormInputs,
  Greater,
  GreaterEqual,
  Identity,
  Less,
  LessEqual,
  Log,
  LogicalAnd,
  LogicalNot,
  Max,
  MaxAttrs,
  MaxInputs,
  Maximum,
  MaxPool,
  MaxPoolAttrs,
  MaxPoolGrad,
  MaxPoolGradAttrs,
  MaxPoolGradInputs,
  MaxPoolInputs,
  Mean,
  MeanAttrs,
  MeanInputs,
  Min,
  MinAttrs,
  MinInputs,
  Minimum,
  Multiply,
  Neg,
  OneHot,
  OneHotAttrs,
  OneHotInputs,
  OnesLike,
  PadV2,
  PadV2Attrs,
  PadV2Inputs,
  RealDiv,
  Relu,
  Reshape,
  ReshapeAttrs,
  ReshapeInputs,
  Rsqrt,
  Select,
  SelectInputs,
  Sigmoid,
  Slice,
  SliceAttrs,
  SliceInputs,
  Softmax,
  SoftmaxAttrs,
  SoftmaxInputs,
  SplitV,
  SplitVAttrs,
  SplitVInputs,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  StepAttrs,
  Sub,
  Sum,
  SumAttrs,
  SumInputs,
  Tanh,
  Tile,
  TileAttrs,
  TileInputs,
  Transpose,
  TransposeAttrs,
  TransposeInputs,
  UnaryInputs,
  ZerosLike,
} from '@tensorflow/tfjs-core';
import type {
  BatchNormTraining,
  BatchNormTrainingAttrs,
  BatchNormTrainingGrad,
  BatchNormTrainingGradInputs,
  BatchNormTrainingInputs,
} from './batch-norm-training.js';

type NoAttrs = Record<never, never>;
interface Unary {
  inputs: UnaryInputs;
  attrs: NoAttrs;
}
interface Binary {
  inputs: BinaryInputs;
  attrs: NoAttrs;
}

/** Inputs and attributes of every kernel. */
export interface Kernels {
  [Abs]: Unary;
  [Add]: Binary;
  [AddN]: { inputs: AddNInputs; attrs: NoAttrs };
  [ArgMax]: { inputs: ArgMaxInputs; attrs: ArgMaxAttrs };
  [AvgPool]: { inputs: AvgPoolInputs; attrs: AvgPoolAttrs };
  [AvgPoolGrad]: { inputs: AvgPoolGradInputs; attrs: AvgPoolGradAttrs };
  [BatchMatMul]: { inputs: BatchMatMulInputs; attrs: BatchMatMulAttrs };
  [BatchNormTraining]: { inputs: BatchNormTrainingInputs; attrs: BatchNormTrainingAttrs };
  [BatchNormTrainingGrad]: { inputs: BatchNormTrainingGradInputs; attrs: BatchNormTrainingAttrs };
  [Cast]: { inputs: UnaryInputs; attrs: CastAttrs };
  [ClipByValue]: { inputs: UnaryInputs; attrs: ClipByValueAttrs };
  [Concat]: { inputs: ConcatInputs; attrs: ConcatAttrs };
  [Conv2D]: { inputs: Conv2DInputs; attrs: Conv2DAttrs };
  [Conv2DBackpropFilter]: { inputs: Conv2DBackpropFilterInputs; attrs: Conv2DBackpropFilterAttrs };
  [Conv2DBackpropInput]: { inputs: Conv2DBackpropInputInputs; attrs: Conv2DBackpropInputAttrs };
  [Equal]: Binary;
  [Exp]: Unary;
  [ExpandDims]: { inputs: ExpandDimsInputs; attrs: ExpandDimsAttrs };
  [Fill]: { inputs: NoAttrs; attrs: FillAttrs };
  [FusedBatchNorm]: { inputs: FusedBatchNormInputs; attrs: FusedBatchNormAttrs };
  [Greater]: Binary;
  [GreaterEqual]: Binary;
  [Identity]: Unary;
  [Less]: Binary;
  [LessEqual]: Binary;
  [Log]: Unary;
  [LogicalAnd]: Binary;
  [LogicalNot]: Unary;
  [Max]: { inputs: MaxInputs; attrs: MaxAttrs };
  [Maximum]: Binary;
  [MaxPool]: { inputs: MaxPoolInputs; attrs: MaxPoolAttrs };
  [MaxPoolGrad]: { inputs: MaxPoolGradInputs; attrs: MaxPoolGradAttrs };
  [Mean]: { inputs: MeanInputs; attrs: MeanAttrs };
  [Min]: { inputs: MinInputs; attrs: MinAttrs };
  [Minimum]: Binary;
  [Multiply]: Binary;
  [Neg]: Unary;
  [OneHot]: { inputs: OneHotInputs; attrs: OneHotAttrs };
  [OnesLike]: Unary;
  [PadV2]: { inputs: PadV2Inputs; attrs: PadV2Attrs };
  [RealDiv]: Binary;
  [Relu]: Unary;
  [Reshape]: { inputs: ReshapeInputs; attrs: ReshapeAttrs };
  [Rsqrt]: Unary;
  [Select]: { inputs: SelectInputs; attrs: NoAttrs };
  [Sigmoid]: Unary;
  [Slice]: { inputs: SliceInputs; attrs: SliceAttrs };
  [Softmax]: { inputs: SoftmaxInputs; attrs: SoftmaxAttrs };
  [SplitV]: { inputs: SplitVInputs; attrs: SplitVAttrs };
  [Sqrt]: Unary;
  [Square]: Unary;
  [SquaredDifference]: Binary;
  [Step]: { inputs: UnaryInputs; attrs: StepAttrs };
  [Sub]: Binary;
  [Sum]: { inputs: SumInputs; attrs: SumAttrs };
  [Tanh]: Unary;
  [Tile]: { inputs: TileInputs; attrs: TileAttrs };
  [Transpose]: { inputs: TransposeInputs; attrs: TransposeAttrs };
  [ZerosLike]: Unary;
}

export type KernelName = keyof Kernels;

/** A kernel's inputs with every tensor replaced by `V`. */
export type InputsOf<K extends KernelName, V> = MapInputs<Kernels[K]['inputs'], V>;
type MapInputs<I, V> = { [P in keyof I]: V };

/** A kernel's attributes. */
export type AttrsOf<K extends KernelName> = Kernels[K]['attrs'];
