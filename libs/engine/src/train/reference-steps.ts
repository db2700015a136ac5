import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '#primitives';

import { compileStep } from './compile-step.js';
import { EpochBatches, type StepBatches } from './epoch-batches.js';
import type { TrainingData, TrainingPlan } from './training-plan.js';
import { trainingStep } from './training-step.js';

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
  await tf.setBackend('cpu');
  const batches = new EpochBatches(data, plan, compileStep(plan).masks, epoch);
  const given = new Map(plan.slots?.map(({ name, data: values }) => [name, values]));
  let tensors = new Map(
    plan.tensors.map(({ name, shape, data: values }) => [name, tf.tensor(values.slice(), [...shape])]),
  );
  let slots = new Map(
    plan.tensors
      .filter(({ name }) => plan.trainable(name))
      .map(({ name, shape }) => [
        name,
        given.has(name) ? tf.tensor(given.get(name)!.slice(), [...shape]) : tf.zeros([...shape]),
      ]),
  );
  const losses: number[] = [];
  const count = Math.min(steps ?? batches.steps, batches.steps);
  for (let step = 0; step < count; step++) {
    tf.engine().startScope('step');
    const outputs = eagerStep(plan, batches.take(1), learningRate, tensors, slots);
    tf.engine().endScope();
    losses.push(outputs.loss.dataSync()[0]);
    tensors = new Map([...tensors, ...outputs.tensors]);
    slots = new Map(outputs.slots);
  }
  const read = (values: ReadonlyMap<string, Tensor>): NamedTensor[] =>
    [...values].map(([name, tensor]) => ({ name, shape: tensor.shape, data: tensor.dataSync<'float32'>().slice() }));
  const result = { losses, tensors: read(tensors), slots: read(slots) };
  tf.dispose([...tensors.values(), ...slots.values()]);
  return result;
}

function eagerStep(
  plan: TrainingPlan,
  batch: StepBatches,
  learningRate: number,
  tensors: ReadonlyMap<string, Tensor>,
  slots: ReadonlyMap<string, Tensor>,
) {
  let drawn = 0;
  const outputs = trainingStep(plan, {
    tensors,
    slots,
    examples: tf.tensor(batch.examples, [plan.batchSize, ...plan.inputShape]),
    labels: tf.tensor1d(batch.labels, 'int32'),
    learningRate: tf.scalar(learningRate),
    mask: (shape) => tf.tensor(batch.masks[drawn++], [...shape], 'bool'),
  });
  for (const kept of [...outputs.tensors.values(), ...outputs.slots.values(), outputs.loss]) tf.keep(kept);
  return outputs;
}
