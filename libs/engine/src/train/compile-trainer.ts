import { type NamedTensor, sizeOf, systemClock } from '#primitives';
import { modelBytes } from '../onnx/model-bytes.js';
import { channelBlock } from '../runtime/channel-block.js';
import { executionDevice } from '../runtime/execution-device.js';
import { openOnDevice } from '../runtime/open-on-device.js';
import { type CompiledStep, compileStep, stepPorts } from './compile-step.js';
import { CompiledTrainer } from './compiled-trainer.js';
import { requirePlan } from './require-plan.js';
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
  const { provider } = executionDevice(plan.device);
  const compiled = compileStep(plan, provider === 'cpu' ? await channelBlock() : 0);
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
