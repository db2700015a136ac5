import { BatchMatMul } from '@tensorflow/tfjs-core';
import { int, ints } from '../ir/attribute.js';
import { inOrder, type Lowered } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';

function transposed(g: LoweringContext, x: Lowered): Lowered {
  const rank = x.shape.length;
  const permutation = [...inOrder(rank - 2), rank - 1, rank - 2];
  return g.op(
    'Transpose',
    [x.id],
    { dtype: x.dtype, actual: permutation.map((axis) => x.shape[axis]) },
    { perm: ints(permutation) },
  );
}

export const matmul: Lowerings<typeof BatchMatMul> = {
  // Rank 2 is Gemm, which transposes while it packs; MatMul broadcasts batch axes but cannot transpose.
  [BatchMatMul]: (g, inputs, { transposeA, transposeB }) => {
    const a = g.dense(inputs.a, inOrder(inputs.a.shape.length));
    const b = g.dense(inputs.b, inOrder(inputs.b.shape.length));
    const rows = a.shape[a.shape.length - (transposeA ? 1 : 2)];
    const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
    if (a.shape.length === 2 && b.shape.length === 2) {
      const attributes = { transA: int(transposeA), transB: int(transposeB) };
      return g.op('Gemm', [a.id, b.id], { actual: [rows, columns] }, attributes);
    }
    const left = transposeA ? transposed(g, a) : a;
    const right = transposeB ? transposed(g, b) : b;
    const [longer, shorter] = a.shape.length >= b.shape.length ? [a, b] : [b, a];
    const missing = longer.shape.length - shorter.shape.length;
    const batch = longer.shape
      .slice(0, -2)
      .map((size, axis) => Math.max(size, axis < missing ? 1 : shorter.shape[axis - missing]));
    return g.op('MatMul', [left.id, right.id], { actual: [...batch, rows, columns] });
  },
};
