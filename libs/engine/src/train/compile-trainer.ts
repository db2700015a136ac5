import { type NamedTensor, sizeOf, systemClock } from '#primitives';
import type { Graph } from '../ir/graph.js';
import { modelBytes } from '../onnx/model-bytes.js';
import { channelBlock } from '../runtime/channel-block.js';
import { type ExecutionDevice, executionDevice } from '../runtime/execution-device.js';
import { openOnDevice } from '../runtime/open-on-device.js';
import { writingIntoBuffers } from '../runtime/run-into-buffers.js';
import { type CompiledStep, compileStep } from './compile-step.js';
import { CompiledTrainer } from './compiled-trainer.js';
import { GradientSteps } from './gradient-steps.js';
import { initialState } from './initial-state.js';
import { LoopedSteps, loopedStep } from './looped-steps.js';
import { requirePlan } from './require-plan.js';
import { ResidentSteps, residentOutputs } from './resident-steps.js';
import { SingleSteps, singleStep } from './single-steps.js';
import { dataFeeds, emptyStep, singleStepFeeds } from './step-feeds.js';
import type { StepRunner, StepTask } from './step-runner.js';
import type { Trainer, TrainerOptions, TrainingPlan } from './training-plan.js';
import { TrainingState } from './training-state.js';

/** How the steps of a chunk are run; all give the same bits on one device. */
type Stepping = 'looped' | 'single' | 'gradients' | 'resident';

/** Bytes of state below which steps are looped: such a step is shorter than what a run of a session costs. */
const loopedBelow = 2 ** 20;

/** Bytes of state from which the update is done in place: a tenth slower with many tensors, but with half the memory. */
const gradientsFrom = 256 * 2 ** 20;

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
  const initial = initialState(plan);
  const stepping = options.stepping ?? steppingOf(initial, provider);
  const compiled = compileStep(plan, {
    channelBlock: provider === 'cpu' ? await channelBlock() : 0,
    endsWithGradients: stepping === 'gradients',
  });
  const state = new TrainingState(initial, compiled.step);
  const first = emptyStep(plan, compiled);
  const opened = await openOnDevice(
    modelBytes(graphFor(stepping, compiled)),
    {
      threads: plan.threads,
      device: plan.device,
      cacheFolder: options.cacheFolder,
      ...(stepping === 'resident' ? { outputLocations: residentOutputs(compiled) } : {}),
    },
    () => ({
      ...(stepping === 'looped' ? dataFeeds(plan, compiled, first, 1) : singleStepFeeds(plan, compiled, first, 0, 1)),
      ...state.feeds(),
    }),
  );
  const steps = await runnerFor(stepping, { plan, compiled, session: opened.session, state });
  return new CompiledTrainer(plan, compiled, steps, state, options, {
    compileMs: systemClock.monotonicMs() - startMs,
    nodesOnCpu: opened.nodesOnCpu,
    fromCache: opened.fromCache,
  });
}

/** Where a device keeps its own memory the state stays there; CUDA has no such way from here, and is asked seldom. */
function steppingOf(initial: readonly NamedTensor[], provider: ExecutionDevice['provider']): Stepping {
  if (provider === 'webgpu') return 'resident';
  const bytes = initial.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (provider === 'cuda' || bytes < loopedBelow) return 'looped';
  return bytes < gradientsFrom ? 'single' : 'gradients';
}

function graphFor(stepping: Stepping, compiled: CompiledStep): Graph {
  if (stepping === 'looped') return loopedStep(compiled);
  return stepping === 'resident' ? singleStep(compiled) : writingIntoBuffers(singleStep(compiled));
}

async function runnerFor(stepping: Stepping, task: StepTask): Promise<StepRunner> {
  if (stepping === 'resident') return ResidentSteps.open(task);
  if (stepping === 'gradients') return GradientSteps.open(task);
  return new { looped: LoopedSteps, single: SingleSteps }[stepping](task);
}
