import { ArgMax, Max, Mean, Min, Sum, util } from '@tensorflow/tfjs-core';
import { int } from '../ir/attribute.js';
import { cast } from './elementwise.js';
import { firstLargest } from './first-largest.js';
import type { Lowerings } from './lowering.js';
import { reduce, reducedResult } from './reduce.js';

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
