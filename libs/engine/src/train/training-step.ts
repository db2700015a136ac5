/**
 * @file One step of training in tfjs-core ops: forward, loss, gradients by tfjs's tape, update. Traced it becomes the
 * compiled step; run on tfjs's `cpu` backend it is the reference the compiled one is tested against.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs-core's gradients: its Node build leaves them out
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import { createForwardContext } from '../trace/create-forward-context.js';
import type { TrainingPlan } from './training-plan.js';

/** What the loss and its gradients are computed from. */
export interface GradientInputs {
  /** Every tensor of the plan. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** float32 [batch, ...inputShape]. */
  readonly examples: Tensor;
  /** int32 [batch]. */
  readonly labels: Tensor;
  /** The mask of the next dropout, bool. */
  mask(shape: Shape, rate: number): Tensor;
  onScope?(scope: string): void;
}

/** What a step reads. */
export interface StepInputs extends GradientInputs {
  /** Momentum of every trainable tensor. */
  readonly slots: ReadonlyMap<string, Tensor>;
  /** float32 scalar. */
  readonly learningRate: Tensor;
}

/** Everything a step computes before it updates; all tensors are new. */
export interface GradientOutputs {
  /** Of every trainable tensor. */
  readonly gradients: ReadonlyMap<string, Tensor>;
  /** Running statistics that the forward function updated. */
  readonly statistics: ReadonlyMap<string, Tensor>;
  /** What is minimised, before the update: mean cross-entropy, and those of auxiliary heads by their weights; scalar. */
  readonly loss: Tensor;
  /** Share of examples classified right before the update, scalar. */
  readonly accuracy: Tensor;
}

/** What a step gives; all tensors are new. */
export interface StepOutputs extends Pick<GradientOutputs, 'loss' | 'accuracy'> {
  /** Trainable tensors and running statistics. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly slots: ReadonlyMap<string, Tensor>;
}

/**
 * Runs one step on the active backend.
 *
 * @throws as `trainingGradients`.
 */
export function trainingStep(plan: TrainingPlan, inputs: StepInputs): StepOutputs {
  const { gradients, statistics, loss, accuracy } = trainingGradients(plan, inputs);
  const tensors = new Map(statistics);
  const slots = new Map<string, Tensor>();
  for (const [name, gradient] of gradients) {
    const parameter = inputs.tensors.get(name) as Tensor;
    const { slot, value } = momentumStep(
      plan,
      parameter,
      inputs.slots.get(name) as Tensor,
      gradient,
      inputs.learningRate,
    );
    slots.set(name, slot);
    tensors.set(name, value);
  }
  return { tensors, slots, loss, accuracy };
}

/**
 * Computes the loss of a batch and its gradients on the active backend.
 *
 * @throws {RangeError} if the forward function gives logits of another shape, or a trainable tensor has no gradient.
 */
export function trainingGradients(plan: TrainingPlan, inputs: GradientInputs): GradientOutputs {
  const statistics = new Map<string, Tensor>();
  const names = plan.tensors.map(({ name }) => name).filter((name) => plan.trainable(name));
  let logits: Tensor | undefined;
  const auxiliaries: { logits: Tensor; lossWeight: number }[] = [];
  const { value: loss, grads } = tf.engine().gradients(
    () => {
      const context = createForwardContext({
        tensors: inputs.tensors,
        onScope: inputs.onScope,
        training: {
          mask: (shape, rate) => inputs.mask(shape, rate),
          onStatistic: (name, value) => statistics.set(name, value),
          onAuxiliary: (logits, lossWeight) => auxiliaries.push({ logits, lossWeight }),
        },
      });
      logits = tf.keep(plan.forward(inputs.examples, context));
      requireLogits(plan, logits, 'The forward function');
      for (const auxiliary of auxiliaries) requireLogits(plan, auxiliary.logits, 'An auxiliary head');
      inputs.onScope?.('loss, backward or update');
      return auxiliaries.reduce(
        (loss, { logits: side, lossWeight }) =>
          tf.add(loss, tf.mul(crossEntropy(side, inputs.labels, plan.classes), lossWeight)),
        crossEntropy(logits, inputs.labels, plan.classes),
      );
    },
    names.map((name) => inputs.tensors.get(name) as Tensor),
    undefined,
    true, // a tensor without a gradient is reported by name below
  );
  const gradients = new Map<string, Tensor>();
  names.forEach((name, index) => {
    const gradient = grads[index] as Tensor | undefined;
    if (gradient === undefined) throw new RangeError(`Tensor ${name} is trainable, but the loss does not depend on it`);
    gradients.set(name, gradient);
  });
  const accuracy = shareRight(logits as Tensor, inputs.labels);
  (logits as Tensor | undefined)?.dispose(); // kept across the tape's scope
  return { gradients, statistics, loss, accuracy };
}

/**
 * SGD with momentum and L2 penalty: g ← g + λw, v ← μv + g, w ← w - ηv. `updateInPlace` does the same, bit for bit.
 *
 * @see torch.optim.SGD of torch 1.13 with dampening 0, nesterov off
 */
function momentumStep(
  { momentum, weightDecay }: TrainingPlan,
  parameter: Tensor,
  slot: Tensor,
  gradient: Tensor,
  learningRate: Tensor,
): { slot: Tensor; value: Tensor } {
  const penalised = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
  const next = tf.add(tf.mul(slot, momentum), penalised);
  return { slot: next, value: tf.sub(parameter, tf.mul(next, learningRate)) };
}

function crossEntropy(logits: Tensor, labels: Tensor, classes: number): tf.Scalar {
  const target = tf.oneHot(labels, classes, 1, 0, 'float32');
  const perExample = tf.sum(tf.mul(target, tf.logSoftmax(logits as tf.Tensor2D)), -1);
  return tf.neg(tf.mean(perExample)) as tf.Scalar;
}

function shareRight(logits: Tensor, labels: Tensor): Tensor {
  return tf.mean(tf.cast(tf.equal(tf.argMax(logits, -1), labels), 'float32'));
}

function requireLogits({ batchSize, classes }: TrainingPlan, { shape }: Tensor, giver: string): void {
  if (String(shape) === String([batchSize, classes])) return;
  throw new RangeError(`${giver} gives [${shape}], must give logits [${batchSize},${classes}]`);
}
