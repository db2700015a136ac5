import { eagerTrainer } from '../eager/eager-trainer.js';
import { isEagerDevice } from '../runtime/execution-device.js';
import { compileFittedTrainer } from './fit-batch.js';
import type { Trainer, TrainerOptions, TrainingPlan } from './training-plan.js';

/**
 * Makes the trainer for the plan's device: a compiled one with the batch that fits, or op by op where the device is a
 * backend of tfjs.
 *
 * @throws {RangeError} if the plan contradicts itself (shapes, unknown or missing tensors, numbers out of range).
 * @throws {UnsupportedKernelError} if the forward function uses a kernel that cannot be compiled.
 * @throws {DeviceMemoryError} if not even one example fits on a device other than the processor.
 * @throws {EagerBackendError} if the device names a tfjs backend that is not at hand.
 */
export async function createTrainer(plan: TrainingPlan, options?: TrainerOptions): Promise<Trainer> {
  const { device } = plan;
  return device && isEagerDevice(device) ? eagerTrainer(plan, device) : compileFittedTrainer(plan, options);
}
