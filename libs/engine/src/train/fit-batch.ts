import { estimateMemory } from '../ir/estimate-memory.js';
import { DeviceMemoryError } from '../runtime/device-memory-error.js';
import { executionDevice } from '../runtime/execution-device.js';
import { compileStep } from './compile-step.js';
import { compileTrainer } from './compile-trainer.js';
import type { Trainer, TrainerOptions, TrainingPlan } from './training-plan.js';

/**
 * A device takes this many times what the values of a step take: WebGPU's allocator hands out buffers of fixed sizes
 * and keeps those it gets back, and its convolutions hold their operands in another order as well.
 */
const allocatorFactor = 1.5;

/** What a step takes on its device, bytes, by an estimate. */
export interface StepMemory {
  /** All of it: the state before and after the step, activations, gradients, and what the allocator adds. */
  readonly neededBytes: number;
  /** The largest single buffer; WebGPU's default limit for one is 128 MiB, and what a device allows far more. */
  readonly largestBufferBytes: number;
}

/** Estimates a step by its graph: see `estimateMemory` for what is counted. */
export function stepMemory(plan: TrainingPlan): StepMemory {
  const { peakBytes, largestBytes } = estimateMemory(compileStep(plan).step);
  return { neededBytes: Math.ceil(peakBytes * allocatorFactor), largestBufferBytes: largestBytes };
}

/**
 * The largest batch of at most the plan's size whose step fits, 0 where not even a single example does. What a step takes
 * grows at least as fast with every further example (it is the maximum of straight lines), so a line between batch 1
 * and the plan's never promises too much.
 *
 * @param memoryBytes Of the device, as far as it is free.
 */
export function largestBatch(plan: TrainingPlan, memoryBytes: number): number {
  const full = stepMemory(plan).neededBytes;
  if (full <= memoryBytes) return plan.batchSize;
  const one = stepMemory({ ...plan, batchSize: 1 }).neededBytes;
  if (one > memoryBytes) return 0;
  return 1 + Math.floor(((memoryBytes - one) / (full - one)) * (plan.batchSize - 1));
}

/**
 * Compiles a plan with its batch lowered to what the device has memory for: by the estimate where the memory is known,
 * then by halves as long as the first step finds too little. On the processor the batch is the plan's. `Trainer.batchSize` tells.
 *
 * @throws {DeviceMemoryError} if not even a batch of 1 fits.
 */
export async function compileFittedTrainer(
  plan: TrainingPlan,
  { memoryBytes, ...options }: TrainerOptions = {},
): Promise<Trainer> {
  const device = executionDevice(plan.device);
  let batchSize = plan.batchSize;
  if (device.provider !== 'cpu' && memoryBytes !== undefined) batchSize = largestBatch(plan, memoryBytes);
  while (batchSize >= 1) {
    try {
      return await compileTrainer({ ...plan, batchSize }, options);
    } catch (error) {
      if (!(error instanceof DeviceMemoryError)) throw error;
      batchSize = Math.floor(batchSize / 2);
    }
  }
  const { neededBytes } = stepMemory({ ...plan, batchSize: 1 });
  throw new DeviceMemoryError(device, { neededBytes, batchSize: 1, largestBatch: 0 });
}
