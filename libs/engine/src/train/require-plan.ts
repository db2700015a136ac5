import { sizeOf } from '#primitives';
import { isRunningStatistic } from '../trace/create-forward-context.js';
import type { TrainingPlan } from './training-plan.js';

/** @throws {RangeError} if the plan contradicts itself (unknown or missing tensors, lengths, numbers out of range). */
export function requirePlan(plan: TrainingPlan): void {
  requireInteger('classes', plan.classes, 2);
  requireInteger('batchSize', plan.batchSize, 1);
  requireRange('momentum', plan.momentum, plan.momentum >= 0 && plan.momentum < 1, '[0, 1)');
  requireRange('weightDecay', plan.weightDecay, plan.weightDecay >= 0 && plan.weightDecay < Infinity, '[0, ∞)');
  const shapes = new Map<string, string>();
  for (const { name, shape, data } of plan.tensors) {
    if (shapes.has(name)) throw new RangeError(`tensors has ${name} twice, must have every name once`);
    shapes.set(name, String(shape));
    requireSize('tensors', name, data.length, sizeOf(shape));
  }
  const trainable = plan.tensors.filter(({ name }) => plan.trainable(name));
  if (trainable.length === 0) throw new RangeError('trainable is false for every tensor, must be true for one or more');
  const statistic = trainable.find(({ name }) => isRunningStatistic(name));
  if (statistic !== undefined) throw new RangeError(`trainable is true for the running statistic ${statistic.name}`);
  for (const { name, shape, data } of plan.slots ?? []) {
    if (!plan.trainable(name) || shapes.get(name) !== String(shape)) {
      throw new RangeError(`slots has ${name} [${shape}], must be a trainable tensor of the same shape`);
    }
    requireSize('slots', name, data.length, sizeOf(shape));
  }
}

/** @throws {RangeError} if it is no step size. */
export function requireLearningRate(learningRate: number): void {
  requireRange('learningRate', learningRate, learningRate > 0 && learningRate < Infinity, '(0, ∞)');
}

function requireInteger(field: string, value: number, least: number): void {
  requireRange(field, value, Number.isInteger(value) && value >= least, `an integer >= ${least}`);
}

function requireRange(field: string, value: number, holds: boolean, allowed: string): void {
  if (!holds) throw new RangeError(`${field} is ${value}, must be ${/^[[(]/.test(allowed) ? 'in ' : ''}${allowed}`);
}

function requireSize(field: string, name: string, length: number, expected: number): void {
  if (length !== expected) throw new RangeError(`${field} has ${length} numbers for ${name}, must have ${expected}`);
}
