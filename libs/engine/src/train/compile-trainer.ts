import { type NamedTensor, sizeOf, systemClock } from '#primitives';
import { modelBytes } from '../onnx/model-bytes.js';
import { channelBlock } from '../runtime/channel-block.js';
import { executionDevice } from '../runtime/execution-device.js';
import { openOnDevice } from '../runtime/open-on-device.js';
import { type CompiledStep, compileStep, stepPorts } from './compile-step.js';
import { CompiledTrainer } from './compiled-trainer.js';
import { LoopedSteps } from './looped-steps.js';
import { requirePlan } from './require-plan.js';
import { ResidentSteps, residentOutputs } from './resident-steps.js';
import { SingleSteps, singleStep } from './single-steps.js';
import { dataFeeds, emptyStep, singleStepFeeds } from './step-feeds.js';
import type { Trainer, TrainerOptions, TrainingPlan } from './training-plan.js';
import { TrainingState } from './training-state.js';

/**
 * Bytes of state up to which steps are looped. A loop is a tenth faster on two threads, but holds the state twice more:
 * what is a quarter of the memory of a ResNet-50 would be gigabytes of a VGG.
 */
const largestLoopedState = 256 * 2 ** 20;

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
  const isLooped = provider !== 'webgpu' && state.bytes < largestLoopedState;
  const first = emptyStep(plan, compiled);
  const opened = await openOnDevice(
    modelBytes(isLooped ? compiled.loop : singleStep(compiled)),
    {
      threads: plan.threads,
      device: plan.device,
      cacheFolder: options.cacheFolder,
      ...(provider === 'webgpu' ? { outputLocations: residentOutputs(compiled) } : {}),
    },
    () => ({
      ...(isLooped ? dataFeeds(plan, compiled, first, 1) : singleStepFeeds(plan, compiled, first, 0, 1)),
      ...state.feeds(),
    }),
  );
  const task = { plan, compiled, session: opened.session, state };
  const steps =
    provider === 'webgpu' ? await ResidentSteps.open(task) : new (isLooped ? LoopedSteps : SingleSteps)(task);
  return new CompiledTrainer(plan, compiled, steps, state, options, {
    compileMs: systemClock.monotonicMs() - startMs,
    nodesOnCpu: opened.nodesOnCpu,
    fromCache: opened.fromCache,
  });
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
