import { Tensor } from 'onnxruntime-node';
import { type Shape, sizeOf } from '#primitives';
import { stepCountInput } from '../ir/loop-over-steps.js';
import { type CompiledStep, stepPorts } from './compile-step.js';
import type { MaskSpec, StepBatches } from './epoch-batches.js';
import type { TrainingPlan } from './training-plan.js';

/** What a loop over the steps reads besides the state. */
export function dataFeeds(
  plan: TrainingPlan,
  { masks: specs }: CompiledStep,
  { steps, ...data }: StepBatches,
  learningRate: number,
): Record<string, Tensor> {
  const count = new Tensor('int64', BigInt64Array.of(BigInt(steps)), []);
  return { [stepCountInput]: count, ...feedsOf(plan, specs, data, learningRate, [steps]) };
}

/** What one step of a chunk reads besides the state, where it is run by itself. */
export function singleStepFeeds(
  plan: TrainingPlan,
  { masks: specs }: CompiledStep,
  { examples, labels, masks }: StepBatches,
  step: number,
  learningRate: number,
): Record<string, Tensor> {
  const { batchSize, inputShape } = plan;
  const own = <Data extends Float32Array | Int32Array | Uint8Array>(data: Data, size: number): Data =>
    data.subarray(step * size, (step + 1) * size) as Data;
  const data = {
    examples: own(examples, batchSize * sizeOf(inputShape)),
    labels: own(labels, batchSize),
    masks: masks.map((mask, index) => own(mask, sizeOf(specs[index].shape))),
  };
  return feedsOf(plan, specs, data, learningRate, []);
}

/** One step on nothing but zeros. */
export function emptyStep(plan: TrainingPlan, compiled: CompiledStep): StepBatches {
  return {
    steps: 1,
    examples: new Float32Array(plan.batchSize * sizeOf(plan.inputShape)),
    labels: new Int32Array(plan.batchSize),
    masks: compiled.masks.map(({ shape }) => new Uint8Array(sizeOf(shape))),
  };
}

function feedsOf(
  { batchSize, inputShape }: TrainingPlan,
  specs: readonly MaskSpec[],
  { examples, labels, masks }: Omit<StepBatches, 'steps'>,
  learningRate: number,
  leading: Shape,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {
    [stepPorts.examples]: new Tensor('float32', examples, [...leading, batchSize, ...inputShape]),
    [stepPorts.labels]: new Tensor('int32', labels, [...leading, batchSize]),
    [stepPorts.learningRate]: new Tensor('float32', Float32Array.of(learningRate), []),
  };
  specs.forEach(({ shape }, index) => {
    feeds[stepPorts.mask(index)] = new Tensor('bool', masks[index], [...leading, ...shape]);
  });
  return feeds;
}
