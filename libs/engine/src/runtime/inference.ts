import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type NamedTensor, type Shape, sizeOf, systemClock } from '#primitives';
import { optimize } from '../ir/optimize.js';
import { verifyGraph } from '../ir/verify-graph.js';
import { lowerTrace } from '../lower/lower-trace.js';
import { modelBytes } from '../onnx/model-bytes.js';
import type { ForwardFunction } from '../trace/forward-context.js';
import { forwardInput, traceForward } from '../trace/trace-forward.js';
import { type EngineDevice, executionDevice } from './execution-device.js';
import type { NodePlacement } from './node-placement.js';
import { openOnDevice } from './open-on-device.js';
import { requireBatchSize, runInBatches } from './run-in-batches.js';

/** What to compile for evaluation, for the frozen prefix, or for measuring. */
export interface InferencePlan {
  /** Maps [batchSize, ...inputShape] to [batchSize, ...]; called with `context.training` false. */
  readonly forward: ForwardFunction;
  /** Everything `forward` reads, in tfjs layout; becomes constants of the graph. */
  readonly tensors: readonly NamedTensor[];
  /** Of one example. */
  readonly inputShape: Shape;
  /** Examples per call of the session, >= 1. */
  readonly batchSize: number;
  /** @default ONNX Runtime's own choice: one a physical core */
  readonly threads?: number;
  /** @default the processor */
  readonly device?: EngineDevice;
}

/** A forward function with constant weights. */
export interface Inference {
  /**
   * Tracing, lowering and session creation, ms; on a device other than the processor a first batch as well, and of an
   * eager one the loading of its backend.
   */
  readonly compileMs: number;
  /** What the plan's device leaves to the processor, by operator; empty where that device is the processor. */
  readonly nodesOnCpu: readonly NodePlacement[];
  readonly batchSize: number;
  readonly inputShape: Shape;
  /** Of one result, in tfjs layout (maps are NHWC). */
  readonly outputShape: Shape;
  /**
   * Maps `count` examples [count, ...inputShape] to [count, ...outputShape]; the last batch is padded with zeros.
   *
   * @throws {RangeError} if the length of `inputs` is not that of `count` examples.
   */
  run(inputs: Float32Array, count: number): Promise<Float32Array>;
  /** Frees the session or the tensors. Idempotent; later calls of `run` throw. */
  dispose(): Promise<void>;
}

const ports = { input: forwardInput, output: 'output' } as const;

/**
 * Compiles a forward function in eval mode: dropout off, batch norm on running statistics, weights constant.
 *
 * @throws {UnsupportedKernelError} if the forward function uses a kernel that cannot be compiled.
 * @throws {DeviceMemoryError} if another device than the processor has too little memory.
 */
export async function compileInference(plan: InferencePlan): Promise<Inference> {
  requireBatchSize(plan);
  const startMs = systemClock.monotonicMs();
  const traced = traceForward(plan.forward, plan.tensors, [plan.batchSize, ...plan.inputShape], (output) => ({
    [ports.output]: output,
  }));
  const [, ...outputShape] = traced.types[traced.outputs[0].value].shape;
  const graph = verifyGraph(optimize(lowerTrace(traced, 'forward', { target: executionDevice(plan.device).provider })));
  const shape = [plan.batchSize, ...plan.inputShape];
  const { session, nodesOnCpu } = await openOnDevice(modelBytes(graph), plan, () => ({
    [ports.input]: new Tensor('float32', new Float32Array(sizeOf(shape)), shape),
  }));
  return new CompiledInference(plan, outputShape, session, systemClock.monotonicMs() - startMs, nodesOnCpu);
}

class CompiledInference implements Inference {
  readonly batchSize: number;
  readonly inputShape: Shape;
  #session: InferenceSession | undefined;

  constructor(
    plan: InferencePlan,
    readonly outputShape: Shape,
    session: InferenceSession,
    readonly compileMs: number,
    readonly nodesOnCpu: readonly NodePlacement[],
  ) {
    this.batchSize = plan.batchSize;
    this.inputShape = plan.inputShape;
    this.#session = session;
  }

  async run(inputs: Float32Array, count: number): Promise<Float32Array> {
    const session = this.#session;
    if (session === undefined) throw new TypeError('Cannot run: the inference was disposed');
    return runInBatches(this, inputs, count, async (batch) => {
      const feed = new Tensor('float32', batch, [this.batchSize, ...this.inputShape]);
      const { [ports.output]: output } = await session.run({ [ports.input]: feed });
      return output.data as Float32Array;
    });
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }
}
