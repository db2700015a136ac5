import type { KernelName } from '../trace/kernels.js';
import { convolutions } from './conv.js';
import { elementwise } from './elementwise.js';
import type { Lowering } from './lowering.js';
import { matmul } from './matmul.js';
import { normalizations } from './normalization.js';
import { pools } from './pool.js';
import { reductions } from './reductions.js';
import { shapes } from './shape.js';

/** How every kernel becomes ONNX operators: a kernel without a row does not compile. */
export const lowerings: { readonly [K in KernelName]: Lowering<K> } = {
  ...convolutions,
  ...elementwise,
  ...matmul,
  ...normalizations,
  ...pools,
  ...reductions,
  ...shapes,
};
