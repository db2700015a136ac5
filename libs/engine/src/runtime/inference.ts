import type { NamedTensor, Shape } from '#primitives';
import type { ForwardFunction } from '../trace/forward-context.js';

/** What to compile for evaluation, for the frozen prefix, or for measuring. */
export interface InferencePlan {
  /** Called with `context.training` false. */
  readonly forward: ForwardFunction;
  /** Everything `forward` reads, in tfjs layout; becomes constants of the graph. */
  readonly tensors: readonly NamedTensor[];
  /** Of one example. */
  readonly inputShape: Shape;
  /** Examples per call of the session, >= 1. */
  readonly batchSize: number;
  /** @default all cores */
  readonly threads?: number;
}

/** A compiled forward function with constant, folded weights. */
export interface Inference {
  readonly compileMs: number;
  readonly batchSize: number;
  readonly inputShape: Shape;
  /** Of one result, in tfjs layout (pictures and maps NHWC). */
  readonly outputShape: Shape;
  /**
   * Maps `count` examples [count, ...inputShape] to [count, ...outputShape]; the last batch is padded with zeros.
   *
   * @throws {RangeError} if the length of `inputs` is not `count` examples.
   */
  run(inputs: Float32Array, count: number): Promise<Float32Array>;
  /** Frees the session. Idempotent. */
  dispose(): Promise<void>;
}

/** Compiles a forward function in eval mode. */
export async function compileInference(plan: InferencePlan): Promise<Inference> {
  throw new Error(`Cannot compile ${plan.inputShape} yet`);
}
