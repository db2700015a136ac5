import { type NamedTensor, sizeOf } from '#primitives';
import { isRunningStatistic } from '../trace/create-forward-context.js';
import { stepPorts } from './compile-step.js';
import type { TrainingPlan } from './training-plan.js';

/** Everything that changes, under its port's name. */
export function initialState(plan: TrainingPlan): NamedTensor[] {
  const given = new Map(plan.slots?.map((slot) => [slot.name, slot]));
  const tensors = plan.tensors
    .filter(({ name }) => plan.trainable(name) || isRunningStatistic(name))
    .map((tensor) => ({ ...tensor, name: stepPorts.tensor(tensor.name) }));
  const slots = plan.tensors
    .filter(({ name }) => plan.trainable(name))
    .map(({ name, shape }) => ({
      name: stepPorts.slot(name),
      shape,
      data: given.get(name)?.data ?? new Float32Array(sizeOf(shape)),
    }));
  return [...tensors, ...slots];
}
