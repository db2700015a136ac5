import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type Graph, typeOf } from '../ir/graph.js';
import { GraphBuilder } from '../ir/graph-builder.js';
import { optimize } from '../ir/optimize.js';
import { modelBytes } from '../onnx/model-bytes.js';
import { openSession } from '../runtime/open-session.js';
import { type CompiledStep, stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { singleStepFeeds } from './step-feeds.js';
import type { StepResults, StepRunner, StepTask } from './step-runner.js';

/**
 * Steps on WebGPU, one run of the session each, whose state never leaves the device between them: what a step writes is
 * handed to the next as it lies there. ONNX's Loop would cost a download and an upload of the whole state a step, since
 * it runs on the processor and keeps there what it carries.
 */
export class ResidentSteps implements StepRunner {
  /** Where the state is; undefined before the first step and after what it was read from has changed. */
  #state: Record<string, Tensor> | undefined;

  private constructor(
    private readonly task: StepTask,
    private readonly reader: InferenceSession,
  ) {}

  static async open(task: StepTask): Promise<ResidentSteps> {
    const { threads, device } = task.plan;
    return new ResidentSteps(task, await openSession(modelBytes(readerGraph(task.compiled)), { device, threads }));
  }

  async run(chunk: StepBatches, learningRate: number): Promise<StepResults> {
    const { plan, compiled, session, state } = this.task;
    const losses = new Float32Array(chunk.steps);
    const accuracies = new Float32Array(chunk.steps);
    for (let step = 0; step < chunk.steps; step++) {
      const held = this.#state ?? state.feeds();
      const results = await session.run({ ...singleStepFeeds(plan, compiled, chunk, step, learningRate), ...held });
      this.#forget();
      this.#state = Object.fromEntries(compiled.carried.map((name) => [name, results[`next.${name}`] as Tensor]));
      losses[step] = (results[stepPorts.loss].data as Float32Array)[0];
      accuracies[step] = (results[stepPorts.accuracy].data as Float32Array)[0];
    }
    return { losses, accuracies };
  }

  restart(): void {
    this.#forget();
  }

  /** Copies the state from the device; it goes on from there. */
  async save(): Promise<void> {
    const { state } = this.task;
    if (this.#state === undefined) return;
    const results = await this.reader.run(this.#state);
    for (const [name, buffer] of state.nextBuffers()) buffer.set(results[`copy.${name}`].data as Float32Array);
    state.swap();
  }

  async release(): Promise<void> {
    this.#forget();
    await this.reader.release();
    await this.task.session.release();
  }

  /** The binding frees a device's buffer when it is told to, long before the garbage collector would. */
  #forget(): void {
    for (const tensor of Object.values(this.#state ?? {})) tensor.dispose();
    this.#state = undefined;
  }
}

/** Where the outputs of `singleStep` go. */
export function residentOutputs({ step, carried }: CompiledStep): Record<string, 'cpu' | 'gpu-buffer'> {
  const locations = step.outputs.map(({ name }): [string, 'cpu' | 'gpu-buffer'] =>
    carried.includes(name) ? [`next.${name}`, 'gpu-buffer'] : [name, 'cpu'],
  );
  return Object.fromEntries(locations);
}

/** The state as it is, to be fetched by the processor. */
function readerGraph({ step, carried }: CompiledStep): Graph {
  const builder = new GraphBuilder();
  const outputs = step.inputs
    .filter(({ name }) => carried.includes(name))
    .map(({ name, value }) => {
      const { dtype, shape } = typeOf(step, value);
      return { name: `copy.${name}`, value: builder.input(name, dtype, shape) };
    });
  return optimize(builder.finish('state', outputs));
}
