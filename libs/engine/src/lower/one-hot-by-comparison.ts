import { inOrder, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** OneHot for targets that lack it: every index is compared with every class; int32 throughout. */
export function oneHotByComparison(
  g: LoweringContext,
  indices: Lowered,
  depth: number,
  onValue: number,
  offValue: number,
): Lowered {
  const ordered = g.dense(indices, inOrder(indices.shape.length));
  const column = g.reshape(ordered.id, { dtype: 'int32', actual: [...indices.shape, 1] });
  const classes = g.builder.constant(
    'int32',
    [depth],
    Int32Array.from({ length: depth }, (_, index) => index),
  );
  const actual = [...indices.shape, depth];
  const isClass = g.op('Equal', [column.id, classes], { dtype: 'bool', actual });
  return g.op('Where', [isClass.id, g.builder.scalar(onValue), g.builder.scalar(offValue)], { actual });
}
