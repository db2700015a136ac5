import type { Device, DeviceIdentity } from '#api-contract';
import type { EagerDevice, EngineDevice, ExecutionDevice } from '#engine';
import { describeDevice } from '../device.js';

/** The engine's own test for it would load the engine, which the claiming process must not hold in its memory. */
function isEager(device: EngineDevice): device is EagerDevice {
  return device.provider.startsWith('tfjs-');
}

/**
 * Where the latency of a network is measured that is trained on `execution`: there, or on the processor where it is
 * trained op by op, since an export is a graph that ONNX Runtime runs.
 */
export function latencyExecution(execution: EngineDevice): ExecutionDevice {
  return isEager(execution) ? { provider: 'cpu', index: 0 } : execution;
}

/** That device as the service is told. */
export function latencyIdentity(execution: EngineDevice, device: Device): DeviceIdentity {
  const { class: deviceClass, name } = isEager(execution) ? describeDevice() : device;
  return { class: deviceClass, name };
}
