import { type Shape, sizeOf } from '#primitives';
import type { ValueId } from '../ir/graph.js';
import { inOrder, isSingle, type Layout, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** Operands made ready for an ONNX operator that broadcasts, and what its result looks like. */
export interface Broadcast {
  readonly ids: readonly ValueId[];
  readonly shape: Shape;
  readonly actual: Shape;
  readonly layout: Layout;
}

/**
 * Brings operands of an elementwise operator into one layout: that of the largest, so that only small tensors move.
 * Pending broadcasts stay pending where every operand has one.
 */
export function broadcast(g: LoweringContext, operands: readonly Lowered[]): Broadcast {
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  const aligned = operands.map((operand) => g.withRank(operand, rank));
  const largest = aligned.reduce((best, x) => (sizeOf(x.actual) > sizeOf(best.actual) ? x : best));
  const layout = isSingle(largest) ? inOrder(rank) : largest.layout;
  const endsInOne = rank > 0 && largest.actual[layout[rank - 1]] === 1 && !isSingle(largest);
  const longest = (sizes: (x: Lowered) => Shape): number[] =>
    inOrder(rank).map((axis) => aligned.reduce((size, x) => (sizes(x)[axis] === 1 ? size : sizes(x)[axis]), 1));
  return {
    ids: aligned.map((x) => (isSingle(x) ? singleId(g, x, rank, endsInOne) : g.toLayout(x, layout).id)),
    shape: longest((x) => x.shape),
    actual: longest((x) => x.actual),
    layout,
  };
}

/**
 * A single number broadcasts in every layout and may lack leading axes. But onnxruntime takes a number without axes
 * element by element (10 ns each) where the other operand ends in an axis of size 1, as the filters of 1×1 convolutions do.
 */
function singleId(g: LoweringContext, x: Lowered, rank: number, withAxes: boolean): ValueId {
  return withAxes ? g.reshape(x.id, { dtype: x.dtype, actual: Array.from({ length: rank }, () => 1) }).id : x.id;
}
