import { type NamedTensor, sizeOf, systemClock } from '#primitives';
import { modelBytes } from '../onnx/model-bytes.js';
import { channelBlock } from '../runtime/channel-block.js';
import { openOnDevice } from '../runtime/open-on-device.js';
import { isRunningStatistic } from '../trace/create-forward-context.js';
import { type CompiledStep, compileStep, stepPorts } from './compile-step.js';
import { CompiledTrainer } from './compiled-trainer.js';
import { emptyStep } from './step-feeds.js';
import type { Trainer, TrainerOptions, TrainingPlan } from './training-plan.js';
import { TrainingState } from './training-state.js';

/**
 * Compiles a plan into one ONNX graph and opens it.
 *
 * @throws {RangeError} if the plan contradicts itself (shapes, unknown or missing tensors, numbers out of range).
 * @throws {UnsupportedKernelError} if the forward function uses a kernel that cannot be compiled.
 * @throws {DeviceMemoryError} if another device than the processor has too little memory.
 */
export async function compileTrainer(plan: TrainingPlan, options: TrainerOptions = {}): Promise<Trainer> {
  requirePlan(plan);
  const startMs = systemClock.monotonicMs();
  const onProcessor = plan.device === undefined || plan.device.provider === 'cpu';
  const compiled = compileStep(plan, onProcessor ? await channelBlock() : 0);
  const state = new TrainingState(initialState(plan, compiled));
  const opened = await openOnDevice(modelBytes(compiled.loop), { ...plan, cacheFolder: options.cacheFolder }, () =>
    emptyStep(plan, compiled, state),
  );
  return new CompiledTrainer(plan, compiled, opened, state, options, systemClock.monotonicMs() - startMs);
}

function initialState(plan: TrainingPlan, { carried }: CompiledStep): NamedTensor[] {
  const given = new Map(plan.slots?.map((slot) => [slot.name, slot]));
  const tensors = plan.tensors
    .filter(({ name }) => carried.includes(stepPorts.tensor(name)))
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

function requirePlan(plan: TrainingPlan): void {
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

function requireInteger(field: string, value: number, least: number): void {
  requireRange(field, value, Number.isInteger(value) && value >= least, `an integer >= ${least}`);
}

function requireRange(field: string, value: number, holds: boolean, allowed: string): void {
  if (!holds) throw new RangeError(`${field} is ${value}, must be ${allowed.startsWith('[') ? 'in ' : ''}${allowed}`);
}

function requireSize(field: string, name: string, length: number, expected: number): void {
  if (length !== expected) throw new RangeError(`${field} has ${length} numbers for ${name}, must have ${expected}`);
}
