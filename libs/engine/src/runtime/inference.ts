import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type NamedTensor, type Shape, sizeOf, systemClock } from '#primitives';
import { optimize } from '../ir/optimize.js';
import { verifyGraph } from '../ir/verify-graph.js';
import { lowerTrace } from '../lower/lower-trace.js';
import { modelBytes } from '../onnx/model-bytes.js';
import type { ForwardFunction } from '../trace/forward-context.js';
import { forwardInput, traceForward } from '../trace/trace-forward.js';
import type { ExecutionDevice } from './execution-device.js';
import type { NodePlacement } from './node-placement.js';
import { openOnDevice } from './open-on-device.js';

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
  readonly device?: ExecutionDevice;
}

/** A compiled forward function with constant, folded weights. */
export interface Inference {
  /** Tracing, lowering and session creation, ms; on a device other than the processor a first batch as well. */
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
  /** Frees the session. Idempotent; later calls of `run` throw. */
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
  if (!(Number.isInteger(plan.batchSize) && plan.batchSize >= 1)) {
    throw new RangeError(`batchSize is ${plan.batchSize}, must be an integer >= 1`);
  }
  const startMs = systemClock.monotonicMs();
  const traced = traceForward(plan.forward, plan.tensors, [plan.batchSize, ...plan.inputShape], (output) => ({
    [ports.output]: output,
  }));
  const [, ...outputShape] = traced.types[traced.outputs[0].value].shape;
  const graph = verifyGraph(optimize(lowerTrace(traced, 'forward', { target: plan.device?.provider })));
  const shape = [plan.batchSize, ...plan.inputShape];
  const { session, nodesOnCpu } = await openOnDevice(modelBytes(graph), plan, () => ({
    feeds: { [ports.input]: new Tensor('float32', new Float32Array(sizeOf(shape)), shape) },
    fetches: [ports.output],
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
    const size = sizeOf(this.inputShape);
    if (inputs.length !== count * size) {
      throw new RangeError(
        `inputs has ${inputs.length} numbers, must have ${count * size} (${count} × [${this.inputShape}])`,
      );
    }
    const outputSize = sizeOf(this.outputShape);
    const results = new Float32Array(count * outputSize);
    for (let start = 0; start < count; start += this.batchSize) {
      const length = Math.min(this.batchSize, count - start);
      let batch = inputs.subarray(start * size, (start + length) * size);
      if (length < this.batchSize) {
        const padded = new Float32Array(this.batchSize * size);
        padded.set(batch);
        batch = padded;
      }
      const feed = new Tensor('float32', batch, [this.batchSize, ...this.inputShape]);
      const { [ports.output]: output } = await session.run({ [ports.input]: feed });
      results.set((output.data as Float32Array).subarray(0, length * outputSize), start * outputSize);
    }
    return results;
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }
}
