import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type NamedTensor, systemClock } from '#primitives';
import type { NodePlacement } from '../runtime/node-placement.js';
import type { OpenedModel } from '../runtime/open-on-device.js';
import { type CompiledStep, stepPorts } from './compile-step.js';
import { DivergedError } from './diverged-error.js';
import { EpochBatches, type StepBatches } from './epoch-batches.js';
import { dataFeeds } from './step-feeds.js';
import type {
  EpochOptions,
  EpochResult,
  Trainer,
  TrainerOptions,
  TrainingData,
  TrainingPlan,
} from './training-plan.js';
import type { TrainingState } from './training-state.js';

/** A run of the session should take about this long: long enough to be worth it, short enough to report progress. */
const runSeconds = 1;

/** Bytes of examples and masks that are copied for one run at most. */
const runBytes = 64 * 2 ** 20;

/** A session over the looped training step, and the state it carries. */
export class CompiledTrainer implements Trainer {
  readonly nodesOnCpu: readonly NodePlacement[];
  readonly fromCache: boolean;
  #session: InferenceSession | undefined;
  #secondsPerStep: number | undefined;

  constructor(
    private readonly plan: TrainingPlan,
    private readonly compiled: CompiledStep,
    { session, nodesOnCpu, fromCache }: OpenedModel,
    private readonly state: TrainingState,
    private readonly options: TrainerOptions,
    readonly compileMs: number,
  ) {
    this.#session = session;
    this.nodesOnCpu = nodesOnCpu;
    this.fromCache = fromCache;
  }

  async trainEpoch(data: TrainingData, { epoch, learningRate, onStep }: EpochOptions): Promise<EpochResult> {
    if (!(learningRate > 0 && learningRate < Infinity)) {
      throw new RangeError(`learningRate is ${learningRate}, must be in (0, ∞)`);
    }
    const batches = new EpochBatches(data, this.plan, this.compiled.masks, epoch);
    const startMs = systemClock.monotonicMs();
    let loss = 0;
    let accuracy = 0;
    while (batches.remaining > 0) {
      const done = batches.steps - batches.remaining;
      const chunk = batches.take(this.#stepsPerRun());
      const results = await this.#run(chunk, learningRate);
      const failed = results.losses.findIndex((value) => !Number.isFinite(value));
      if (failed >= 0) throw new DivergedError(epoch, done + failed, learningRate);
      for (let step = 0; step < chunk.steps; step++) {
        loss += results.losses[step];
        accuracy += results.accuracies[step];
      }
      onStep?.(done + chunk.steps, batches.steps);
    }
    const seconds = (systemClock.monotonicMs() - startMs) / 1000;
    return { loss: loss / batches.steps, accuracy: accuracy / batches.steps, steps: batches.steps, seconds };
  }

  tensors(): NamedTensor[] {
    return this.plan.tensors.map((tensor) => {
      const port = stepPorts.tensor(tensor.name);
      if (!this.compiled.carried.includes(port)) return { ...tensor, data: tensor.data.slice() };
      return { ...this.state.read(port), name: tensor.name };
    });
  }

  slots(): NamedTensor[] {
    return this.plan.tensors
      .filter(({ name }) => this.plan.trainable(name))
      .map(({ name }) => ({ ...this.state.read(stepPorts.slot(name)), name }));
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }

  async #run(chunk: StepBatches, learningRate: number): Promise<{ losses: Float32Array; accuracies: Float32Array }> {
    const session = this.#session;
    if (session === undefined) throw new TypeError('Cannot train: the trainer was disposed');
    const startMs = systemClock.monotonicMs();
    const feeds: Record<string, Tensor> = dataFeeds(this.plan, this.compiled, chunk, learningRate);
    const fetches: Record<string, Tensor | null> = { [stepPorts.loss]: null, [stepPorts.accuracy]: null };
    for (const { name, shape, read, write } of this.state.buffers()) {
      feeds[name] = new Tensor('float32', read, [...shape]);
      fetches[`next.${name}`] = new Tensor('float32', write, [...shape]);
    }
    const results = await session.run(feeds, fetches);
    this.state.swap();
    this.#secondsPerStep = (systemClock.monotonicMs() - startMs) / 1000 / chunk.steps;
    return {
      losses: results[stepPorts.loss].data as Float32Array,
      accuracies: results[stepPorts.accuracy].data as Float32Array,
    };
  }

  #stepsPerRun(): number {
    const { batchSize, inputShape } = this.plan;
    const elements = inputShape.reduce((product, axis) => product * axis, batchSize * 4);
    const maskBytes = this.compiled.masks.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const fits = Math.floor(runBytes / (elements + maskBytes));
    const quick = this.#secondsPerStep === undefined ? 2 : Math.round(runSeconds / this.#secondsPerStep);
    return Math.max(1, Math.min(fits, quick, this.options.maxStepsPerRun ?? Infinity));
  }
}
