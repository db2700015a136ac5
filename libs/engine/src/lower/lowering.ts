import type { AttrsOf, InputsOf, KernelName } from '../trace/kernels.js';
import type { Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** Expresses one kernel in ONNX operators (operator set 18, and onnxruntime's FusedMatMul in gradients). */
export type Lowering<K extends KernelName> = (
  g: LoweringContext,
  inputs: InputsOf<K, Lowered>,
  attrs: AttrsOf<K>,
) => Lowered | Lowered[];

/** The rows of one family. */
export type Lowerings<K extends KernelName> = { readonly [P in K]: Lowering<P> };
