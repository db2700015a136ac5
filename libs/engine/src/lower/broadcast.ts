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
  const longest = (sizes: (x: Lowered) => Shape): number[] =>
    inOrder(rank).map((axis) => aligned.reduce((size, x) => (sizes(x)[axis] === 1 ? size : sizes(x)[axis]), 1));
  return {
    // A single number broadcasts in every layout; it may even lack the leading axes.
    ids: aligned.map((x) => (isSingle(x) ? x.id : g.toLayout(x, layout).id)),
    shape: longest((x) => x.shape),
    actual: longest((x) => x.actual),
    layout,
  };
}
