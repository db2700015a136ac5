import type { NamedTensor } from '#primitives';
import { isRunningStatistic } from '../trace/create-forward-context.js';
import { requirePlan } from './require-plan.js';
import type { TrainingPlan } from './training-plan.js';

/** @throws {RangeError} if the step that was compiled for one plan does not do for the other. */
export function requireSameStep(compiled: TrainingPlan, plan: TrainingPlan): void {
  requirePlan(plan);
  const [expected, actual] = [compiled, plan].map(({ tensors }) =>
    tensors.map(({ name, shape }) => `${name} [${shape}]`),
  );
  const wrong = expected.findIndex((one, index) => one !== actual[index]);
  if (wrong >= 0) throw new RangeError(`tensors has ${actual[wrong]} at ${wrong}, must have ${expected[wrong]}`);
  if (actual.length > expected.length) {
    throw new RangeError(`tensors has ${actual[expected.length]}, must have no more than ${expected.length}`);
  }
  const constant = ({ name }: NamedTensor) => !plan.trainable(name) && !isRunningStatistic(name);
  const changed = plan.tensors.find((tensor, index) => constant(tensor) && !equal(tensor, compiled.tensors[index]));
  if (changed) throw new RangeError(`tensors has another ${changed.name}, must be the same: nobody updates it`);
}

function equal(a: NamedTensor, b: NamedTensor): boolean {
  return a.data === b.data || a.data.every((value, index) => Object.is(value, b.data[index]));
}
