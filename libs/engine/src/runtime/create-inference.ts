import { eagerInference } from '../eager/eager-inference.js';
import { isEagerDevice } from './execution-device.js';
import { compileInference, type Inference, type InferencePlan } from './inference.js';

/**
 * Makes the inference for the plan's device: a compiled one, or op by op where the device is a backend of tfjs.
 *
 * @throws {RangeError} if `batchSize` is no integer >= 1.
 * @throws {UnsupportedKernelError} if the forward function uses a kernel that cannot be compiled.
 * @throws {EagerBackendError} if the device names a tfjs backend that is not at hand.
 */
export async function createInference(plan: InferencePlan): Promise<Inference> {
  const { device } = plan;
  return device && isEagerDevice(device) ? eagerInference(plan, device) : compileInference(plan);
}
