import { Tensor } from 'onnxruntime-node';
import { stepCountInput } from '../ir/loop-over-steps.js';
import { type CompiledStep, stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import type { TrainingPlan } from './training-plan.js';
import type { TrainingState } from './training-state.js';

/** What a run of steps reads besides the state. */
export function dataFeeds(
  { batchSize, inputShape }: TrainingPlan,
  { masks: specs }: CompiledStep,
  { steps, examples, labels, masks }: StepBatches,
  learningRate: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {
    [stepCountInput]: new Tensor('int64', BigInt64Array.of(BigInt(steps)), []),
    [stepPorts.examples]: new Tensor('float32', examples, [steps, batchSize, ...inputShape]),
    [stepPorts.labels]: new Tensor('int32', labels, [steps, batchSize]),
    [stepPorts.learningRate]: new Tensor('float32', Float32Array.of(learningRate), []),
  };
  specs.forEach(({ shape }, index) => {
    feeds[stepPorts.mask(index)] = new Tensor('bool', masks[index], [steps, ...shape]);
  });
  return feeds;
}

/** One step on nothing but zeros, from the initial state. */
export function emptyStep(
  plan: TrainingPlan,
  compiled: CompiledStep,
  state: TrainingState,
): { feeds: Record<string, Tensor>; fetches: readonly string[] } {
  const size = (shape: readonly number[]): number => shape.reduce((product, axis) => product * axis, 1);
  const nothing: StepBatches = {
    steps: 1,
    examples: new Float32Array(plan.batchSize * size(plan.inputShape)),
    labels: new Int32Array(plan.batchSize),
    masks: compiled.masks.map(({ shape }) => new Uint8Array(size(shape))),
  };
  const feeds = dataFeeds(plan, compiled, nothing, 1);
  for (const { name, shape, read } of state.buffers()) feeds[name] = new Tensor('float32', read, [...shape]);
  return { feeds, fetches: [stepPorts.loss] };
}
