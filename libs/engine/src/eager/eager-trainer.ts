import { setImmediate } from 'node:timers/promises';
import { type NamedTensor, systemClock } from '#primitives';
import type { EagerDevice } from '../runtime/execution-device.js';
import { DivergedError } from '../train/diverged-error.js';
import { EpochBatches } from '../train/epoch-batches.js';
import { requireLearningRate, requirePlan } from '../train/require-plan.js';
import { requireSameStep } from '../train/require-same-step.js';
import type {
  EpochOptions,
  EpochResult,
  Trainer,
  TrainingData,
  TrainingPlan,
  TrainingStart,
} from '../train/training-plan.js';
import { EagerTraining } from './eager-training.js';
import { type EagerBackend, loadEagerBackend } from './load-eager-backend.js';

/**
 * Trains a plan op by op on a tfjs backend. Order and masks are those of the compiled trainer; the results are equal
 * up to the rounding of the backend's kernels.
 *
 * @throws {RangeError} if the plan contradicts itself (lengths, unknown or missing tensors, numbers out of range).
 * @throws {EagerBackendError} if the backend is not at hand.
 */
export async function eagerTrainer(plan: TrainingPlan, device: EagerDevice): Promise<Trainer> {
  requirePlan(plan);
  const startMs = systemClock.monotonicMs();
  const backend = await loadEagerBackend(device);
  const training = new EagerTraining(plan, backend);
  return new EagerTrainer(plan, backend, training, systemClock.monotonicMs() - startMs);
}

class EagerTrainer implements Trainer {
  /** There is no graph that could be kept. */
  readonly fromCache = false;
  /** Nor nodes that could be placed. */
  readonly nodesOnCpu = [];
  readonly memoryBytes = 0;
  readonly batchSize: number;
  #disposed = false;

  constructor(
    private plan: TrainingPlan,
    private readonly backend: EagerBackend,
    private training: EagerTraining,
    readonly compileMs: number,
  ) {
    this.batchSize = plan.batchSize;
  }

  restart(start: TrainingStart): void {
    if (this.#disposed) throw new TypeError('Cannot restart: the trainer was disposed');
    const plan = { ...this.plan, slots: undefined, ...start };
    requireSameStep(this.plan, plan);
    this.training.dispose();
    this.plan = plan;
    this.training = new EagerTraining(plan, this.backend);
  }

  async trainEpoch(data: TrainingData, { epoch, learningRate, onStep }: EpochOptions): Promise<EpochResult> {
    requireLearningRate(learningRate);
    const batches = new EpochBatches(data, this.plan, [], epoch);
    const startMs = systemClock.monotonicMs();
    let loss = 0;
    let accuracy = 0;
    for (let step = 0; step < batches.steps; step++) {
      if (this.#disposed) throw new TypeError('Cannot train: the trainer was disposed');
      const result = this.training.step(batches, learningRate);
      if (!Number.isFinite(result.loss)) throw new DivergedError(epoch, step, learningRate);
      loss += result.loss;
      accuracy += result.accuracy;
      onStep?.(step + 1, batches.steps);
      await setImmediate(); // messages and timers of the process have their turn
    }
    const seconds = (systemClock.monotonicMs() - startMs) / 1000;
    return { loss: loss / batches.steps, accuracy: accuracy / batches.steps, steps: batches.steps, seconds };
  }

  tensors(): NamedTensor[] {
    return this.training.tensors();
  }

  current(): readonly NamedTensor[] {
    return this.tensors();
  }

  slots(): NamedTensor[] {
    return this.training.slots();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.training.dispose();
  }
}
