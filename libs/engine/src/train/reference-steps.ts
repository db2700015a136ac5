import type { NamedTensor } from '#primitives';
import { EagerTraining } from '../eager/eager-training.js';
import { loadEagerBackend } from '../eager/load-eager-backend.js';
import { EpochBatches } from './epoch-batches.js';
import type { TrainingData, TrainingPlan } from './training-plan.js';

/** What plain tfjs makes of a plan. */
export interface ReferenceResult {
  /** Cross-entropy of each step before its update. */
  readonly losses: readonly number[];
  /** As `Trainer.tensors()`. */
  readonly tensors: readonly NamedTensor[];
  /** As `Trainer.slots()`. */
  readonly slots: readonly NamedTensor[];
}

/**
 * Runs the first steps of one epoch of a plan on tfjs's `cpu` backend, op by op: what a compiled trainer must equal up
 * to rounding. Minutes where the trainer takes seconds, so for small sizes only.
 *
 * @param steps All steps of the epoch if absent.
 */
export async function referenceSteps(
  plan: TrainingPlan,
  data: TrainingData,
  { epoch, learningRate }: { epoch: number; learningRate: number },
  steps?: number,
): Promise<ReferenceResult> {
  const training = new EagerTraining(plan, await loadEagerBackend({ provider: 'tfjs-cpu', index: 0 }));
  try {
    const batches = new EpochBatches(data, plan, [], epoch);
    const losses: number[] = [];
    const count = Math.min(steps ?? batches.steps, batches.steps);
    for (let step = 0; step < count; step++) losses.push(training.step(batches, learningRate).loss);
    return { losses, tensors: training.tensors(), slots: training.slots() };
  } finally {
    training.dispose();
  }
}
