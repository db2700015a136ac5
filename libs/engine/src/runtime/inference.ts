import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type NamedTensor, type Shape, sizeOf, systemClock } from '#primitives';
import { blockConvolutions } from '../ir/block-convolutions.js';
import { estimateMemory } from '../ir/estimate-memory.js';
import { optimize } from '../ir/optimize.js';
import { verifyGraph } from '../ir/verify-graph.js';
import { lowerTrace } from '../lower/lower-trace.js';
import { modelBytes } from '../onnx/model-bytes.js';
import type { ForwardFunction } from '../trace/forward-context.js';
import { forwardInput, traceForward } from '../trace/trace-forward.js';
import { channelBlock } from './channel-block.js';
import type { Examples } from './example-rows.js';
import { type EngineDevice, executionDevice } from './execution-device.js';
import type { NodePlacement } from './node-placement.js';
import { openOnDevice } from './open-on-device.js';
import { ReplaceableTensors } from './replaceable-tensors.js';
import { requireBatchSize, runInBatches } from './run-in-batches.js';

/** What to compile for evaluation, for the frozen prefix, or for measuring. */
export interface InferencePlan {
  /** Maps [batchSize, ...inputShape] to [batchSize, ...]; called with `context.training` false. */
  readonly forward: ForwardFunction;
  /** Everything `forward` reads, in tfjs layout; becomes constants of the graph, unless they are replaceable. */
  readonly tensors: readonly NamedTensor[];
  /**
   * Whether the tensors may be replaced: they are then read with every batch, which saves compiling for each state of a
   * network that learns, and costs what folding and packing constants would have saved. Rounding differs. @default {false}
   */
  readonly replaceable?: boolean;
  /** Of one example. */
  readonly inputShape: Shape;
  /** Examples per call of the session, >= 1. */
  readonly batchSize: number;
  /** @default ONNX Runtime's own choice: one a physical core */
  readonly threads?: number;
  /** @default the processor */
  readonly device?: EngineDevice;
}

/** A forward function with its weights. */
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
  /** What it holds while it runs, by an estimate from its graph; 0 of an eager one, whose backend does not say. */
  readonly memoryBytes: number;
  /** Of one result, in tfjs layout (maps are NHWC). */
  readonly outputShape: Shape;
  /**
   * Maps `count` examples [count, ...inputShape] to [count, ...outputShape]; the last batch is padded with zeros.
   *
   * @throws {RangeError} if the length of `inputs` is not that of `count` examples.
   */
  run(inputs: Examples, count: number): Promise<Float32Array>;
  /**
   * What `run` computes with from now on: tensors under the plan's names, of its shapes. They are not copied where the
   * inference is compiled, and must not change while it runs.
   *
   * @throws {TypeError} if the plan's tensors are not replaceable. @throws {RangeError} if one is absent or has another shape.
   */
  replace(tensors: readonly NamedTensor[]): void;
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
  const { provider } = executionDevice(plan.device);
  const shape = [plan.batchSize, ...plan.inputShape];
  const traced = traceForward(plan.forward, plan.tensors, shape, (output) => ({ [ports.output]: output }), {
    tensorsAre: plan.replaceable ? 'inputs' : 'constants',
  });
  const [, ...outputShape] = traced.types[traced.outputs[0].value].shape;
  const lowered = optimize(lowerTrace(traced, 'forward', { target: provider }));
  const block = plan.replaceable && provider === 'cpu' ? await channelBlock() : 0;
  const graph = verifyGraph(blockConvolutions(lowered, block));
  const weights = plan.replaceable ? new ReplaceableTensors(plan.tensors, graph) : undefined;
  const { session, nodesOnCpu } = await openOnDevice(modelBytes(graph), plan, () => ({
    [ports.input]: new Tensor('float32', new Float32Array(sizeOf(shape)), shape),
    ...weights?.feeds(),
  }));
  const memoryBytes = estimateMemory(lowered).peakBytes;
  const compileMs = systemClock.monotonicMs() - startMs;
  return new CompiledInference(plan, session, { outputShape, compileMs, nodesOnCpu, memoryBytes }, weights);
}

class CompiledInference implements Inference {
  readonly batchSize: number;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly compileMs: number;
  readonly nodesOnCpu: readonly NodePlacement[];
  readonly memoryBytes: number;
  #session: InferenceSession | undefined;

  constructor(
    plan: InferencePlan,
    session: InferenceSession,
    made: Pick<Inference, 'outputShape' | 'compileMs' | 'nodesOnCpu' | 'memoryBytes'>,
    private readonly weights: ReplaceableTensors | undefined,
  ) {
    this.batchSize = plan.batchSize;
    this.inputShape = plan.inputShape;
    this.outputShape = made.outputShape;
    this.compileMs = made.compileMs;
    this.nodesOnCpu = made.nodesOnCpu;
    this.memoryBytes = made.memoryBytes;
    this.#session = session;
  }

  async run(inputs: Examples, count: number): Promise<Float32Array> {
    const session = this.#session;
    if (session === undefined) throw new TypeError('Cannot run: the inference was disposed');
    const weights = this.weights?.feeds();
    return runInBatches(this, inputs, count, async (batch) => {
      const feed = new Tensor('float32', batch, [this.batchSize, ...this.inputShape]);
      const { [ports.output]: output } = await session.run({ [ports.input]: feed, ...weights });
      return output.data as Float32Array;
    });
  }

  replace(tensors: readonly NamedTensor[]): void {
    if (this.weights === undefined) throw new TypeError('Cannot replace tensors: the plan did not say that they are');
    this.weights.replace(tensors);
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }
}
