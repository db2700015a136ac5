import {
  Abs,
  Add,
  AddN,
  Cast,
  ClipByValue,
  type DataType,
  Equal,
  Exp,
  Greater,
  GreaterEqual,
  Identity,
  Less,
  LessEqual,
  Log,
  LogicalAnd,
  LogicalNot,
  Maximum,
  Minimum,
  Multiply,
  Neg,
  RealDiv,
  Relu,
  Rsqrt,
  Select,
  Sigmoid,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  Sub,
  Tanh,
} from '@tensorflow/tfjs-core';
import { float, int } from '../ir/attribute.js';
import type { ElementType } from '../ir/graph.js';
import { broadcast } from './broadcast.js';
import type { Lowered } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';

/** ONNX numbers of the types a Cast can go to. */
const castTargets: Partial<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** One operator on one value; layout and pending broadcasts stay as they are. */
function map(g: LoweringContext, op: string, x: Lowered, attributes = {}): Lowered {
  return g.op(op, [x.id], x, attributes);
}

const unary =
  (op: string) =>
  (g: LoweringContext, { x }: { x: Lowered }): Lowered =>
    map(g, op, x);

/** An operator that broadcasts; `dtype` is that of the result if it differs from that of the last operand. */
export function combine(g: LoweringContext, op: string, operands: readonly Lowered[], dtype?: ElementType): Lowered {
  const { ids, ...result } = broadcast(g, operands);
  return g.op(op, ids, { ...result, dtype: dtype ?? operands[operands.length - 1].dtype });
}

const binary =
  (op: string, dtype?: ElementType) =>
  (g: LoweringContext, { a, b }: { a: Lowered; b: Lowered }): Lowered =>
    combine(g, op, [a, b], dtype);

/** Converts between element types as tfjs does: to int32 truncates, to bool is `!= 0`. */
export function cast(g: LoweringContext, x: Lowered, dtype: ElementType): Lowered {
  if (x.dtype === dtype) return x;
  const to = castTargets[dtype];
  if (to === undefined) throw new RangeError(`a cast to ${dtype} is not supported`);
  return g.op('Cast', [x.id], { ...x, dtype }, { to: int(to) });
}

/** The engine's name of a tfjs type. */
export function elementType(dtype: DataType): ElementType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new RangeError(`type ${dtype} is not supported`);
}

/** 1 where x > 0, else 0, in one pass: min(1, max(0, 1e38 x)). Greater + Cast takes 1.5 times as long, Sign 4 times. */
function isPositive(g: LoweringContext, x: Lowered): Lowered {
  return map(g, 'HardSigmoid', x, { alpha: float(1e38), beta: float(0) });
}

export const elementwise: Lowerings<
  | typeof Abs
  | typeof Add
  | typeof AddN
  | typeof Cast
  | typeof ClipByValue
  | typeof Equal
  | typeof Exp
  | typeof Greater
  | typeof GreaterEqual
  | typeof Identity
  | typeof Less
  | typeof LessEqual
  | typeof Log
  | typeof LogicalAnd
  | typeof LogicalNot
  | typeof Maximum
  | typeof Minimum
  | typeof Multiply
  | typeof Neg
  | typeof RealDiv
  | typeof Relu
  | typeof Rsqrt
  | typeof Select
  | typeof Sigmoid
  | typeof Sqrt
  | typeof Square
  | typeof SquaredDifference
  | typeof Step
  | typeof Sub
  | typeof Tanh
> = {
  [Abs]: unary('Abs'),
  [Exp]: unary('Exp'),
  [Log]: unary('Log'),
  [LogicalNot]: unary('Not'),
  [Neg]: unary('Neg'),
  [Sigmoid]: unary('Sigmoid'),
  [Sqrt]: unary('Sqrt'),
  [Tanh]: unary('Tanh'),
  [Identity]: (_, { x }) => x,
  [Rsqrt]: (g, { x }) => map(g, 'Reciprocal', map(g, 'Sqrt', x)),
  [Square]: (g, { x }) => combine(g, 'Mul', [x, x]),
  [Cast]: (g, { x }, { dtype }) => cast(g, x, elementType(dtype)),
  [ClipByValue]: (g, { x }, { clipValueMin, clipValueMax }) =>
    g.op('Clip', [x.id, g.builder.scalar(clipValueMin), g.builder.scalar(clipValueMax)], x),
  [Relu]: (g, { x }) => {
    const result = map(g, 'Relu', x);
    g.reluResults.set(x.id, result);
    return result;
  },
  // step(x) = 1 where x > 0, else `alpha`; relu(x) > 0 is the same as x > 0 and is kept in memory anyway.
  [Step]: (g, { x }, { alpha }) => {
    const positive = isPositive(g, g.reluResults.get(x.id) ?? x);
    if (!alpha) return positive;
    const slope = combine(g, 'Mul', [positive, g.filled(1 - alpha)]);
    return combine(g, 'Add', [slope, g.filled(alpha)]);
  },

  [Add]: binary('Add'),
  [Sub]: binary('Sub'),
  [Multiply]: binary('Mul'),
  [RealDiv]: binary('Div'),
  [Maximum]: binary('Max'),
  [Minimum]: binary('Min'),
  [SquaredDifference]: (g, { a, b }) => {
    const difference = combine(g, 'Sub', [a, b]);
    return combine(g, 'Mul', [difference, difference]);
  },
  [Equal]: binary('Equal', 'bool'),
  [Greater]: binary('Greater', 'bool'),
  [GreaterEqual]: binary('GreaterOrEqual', 'bool'),
  [Less]: binary('Less', 'bool'),
  [LessEqual]: binary('LessOrEqual', 'bool'),
  [LogicalAnd]: binary('And', 'bool'),
  [AddN]: (g, terms) => [...terms].reduce((sum, term) => combine(g, 'Add', [sum, term])),
  [Select]: (g, { condition, t, e }) => combine(g, 'Where', [condition, t, e]),
};
