import { type NamedTensor, systemClock } from '#primitives';
import type { NodePlacement } from '../runtime/node-placement.js';
import { type CompiledStep, stepPorts } from './compile-step.js';
import { DivergedError } from './diverged-error.js';
import { EpochBatches } from './epoch-batches.js';
import { initialState } from './initial-state.js';
import { requireLearningRate } from './require-plan.js';
import { requireSameStep } from './require-same-step.js';
import type { StepRunner } from './step-runner.js';
import type {
  EpochOptions,
  EpochResult,
  Trainer,
  TrainerOptions,
  TrainingData,
  TrainingPlan,
  TrainingStart,
} from './training-plan.js';
import type { TrainingState } from './training-state.js';

/** A run of the session should take about this long: long enough to be worth it, short enough to report progress. */
const runSeconds = 1;

/** Bytes of examples and masks that are copied for one run at most. */
const runBytes = 64 * 2 ** 20;

/** A compiled training step, what runs it, and the state it carries. */
export class CompiledTrainer implements Trainer {
  readonly batchSize: number;
  readonly compileMs: number;
  readonly nodesOnCpu: readonly NodePlacement[];
  readonly fromCache: boolean;
  readonly memoryBytes: number;
  #plan: TrainingPlan;
  #steps: StepRunner | undefined;
  #secondsPerStep: number | undefined;

  constructor(
    plan: TrainingPlan,
    private readonly compiled: CompiledStep,
    steps: StepRunner,
    private readonly state: TrainingState,
    private readonly options: TrainerOptions,
    { compileMs, nodesOnCpu, fromCache }: Pick<Trainer, 'compileMs' | 'nodesOnCpu' | 'fromCache'>,
  ) {
    this.#plan = plan;
    this.#steps = steps;
    this.memoryBytes = compiled.memoryBytes + state.bytesBeside(compiled.carried);
    this.batchSize = plan.batchSize;
    this.compileMs = compileMs;
    this.nodesOnCpu = nodesOnCpu;
    this.fromCache = fromCache;
  }

  restart(start: TrainingStart): void {
    if (this.#steps === undefined) throw new TypeError('Cannot restart: the trainer was disposed');
    const plan = { ...this.#plan, slots: undefined, ...start };
    requireSameStep(this.#plan, plan);
    this.#plan = plan;
    this.state.reset(initialState(plan));
    this.#steps.restart();
  }

  async trainEpoch(data: TrainingData, { epoch, learningRate, onStep }: EpochOptions): Promise<EpochResult> {
    requireLearningRate(learningRate);
    const batches = new EpochBatches(data, this.#plan, this.compiled.masks, epoch);
    const startMs = systemClock.monotonicMs();
    let loss = 0;
    let accuracy = 0;
    while (batches.remaining > 0) {
      const done = batches.steps - batches.remaining;
      const chunk = batches.take(this.#stepsPerRun());
      const runMs = systemClock.monotonicMs();
      if (this.#steps === undefined) throw new TypeError('Cannot train: the trainer was disposed');
      const results = await this.#steps.run(chunk, learningRate);
      this.#secondsPerStep = (systemClock.monotonicMs() - runMs) / 1000 / chunk.steps;
      const failed = results.losses.findIndex((value) => !Number.isFinite(value));
      if (failed >= 0) throw new DivergedError(epoch, done + failed, learningRate);
      for (let step = 0; step < chunk.steps; step++) {
        loss += results.losses[step];
        accuracy += results.accuracies[step];
      }
      onStep?.(done + chunk.steps, batches.steps);
    }
    await this.#steps?.save();
    const seconds = (systemClock.monotonicMs() - startMs) / 1000;
    return { loss: loss / batches.steps, accuracy: accuracy / batches.steps, steps: batches.steps, seconds };
  }

  tensors(): NamedTensor[] {
    return this.current().map(copied);
  }

  current(): readonly NamedTensor[] {
    const carried = new Set(this.compiled.carried);
    return this.#plan.tensors.map((tensor) => {
      const port = stepPorts.tensor(tensor.name);
      return carried.has(port) ? { ...this.state.view(port), name: tensor.name } : tensor;
    });
  }

  slots(): NamedTensor[] {
    return this.#plan.tensors
      .filter(({ name }) => this.#plan.trainable(name))
      .map(({ name }) => copied({ ...this.state.view(stepPorts.slot(name)), name }));
  }

  async dispose(): Promise<void> {
    const steps = this.#steps;
    this.#steps = undefined;
    await steps?.release();
  }

  #stepsPerRun(): number {
    const { batchSize, inputShape } = this.#plan;
    const elements = inputShape.reduce((product, axis) => product * axis, batchSize * 4);
    const maskBytes = this.compiled.masks.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const fits = Math.floor(runBytes / (elements + maskBytes));
    const quick = this.#secondsPerStep === undefined ? 2 : Math.round(runSeconds / this.#secondsPerStep);
    return Math.max(1, Math.min(fits, quick, this.options.maxStepsPerRun ?? Infinity));
  }
}

function copied(tensor: NamedTensor): NamedTensor {
  return { ...tensor, data: tensor.data.slice() };
}
