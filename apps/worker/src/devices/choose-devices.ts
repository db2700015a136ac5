import type { Device, DeviceClass, ProbedDevice } from '#api-contract';
import type { EngineDevice } from '#engine';
import { DeviceUnavailableError } from './device-unavailable-error.js';
import { type DeviceFinder, mayHaveCard } from './find-devices.js';
import { type DeviceChoice, deviceLabel } from './parse-devices.js';

/** A device for a worker. */
export interface WorkerDevice {
  /** Where its sessions run. */
  readonly execution: EngineDevice;
  /** As the service is told. */
  readonly device: Device;
}

/**
 * What `auto` takes: every CUDA device that works, else the WebGPU adapter if it works and is real hardware, else the
 * processor.
 */
export function autoDevices(found: readonly ProbedDevice[]): ProbedDevice[] {
  const working = found.filter(({ works, software }) => works && !software);
  for (const deviceClass of ['cuda', 'webgpu', 'cpu'] as const) {
    const devices = working.filter((device) => device.class === deviceClass);
    if (devices.length > 0) return devices;
  }
  return [];
}

/**
 * The devices of a worker. Only what the choice can depend on is tried; the processor is not. A software adapter is taken
 * where it is named.
 *
 * @throws {DeviceUnavailableError} for a named device that does not work.
 */
export async function chooseDevices(
  choice: DeviceChoice,
  finder: Pick<DeviceFinder, 'cpu' | 'webgpu' | 'cuda' | 'cudaDevice' | 'tensorflowDevice'>,
  { cardPossible = mayHaveCard() }: { readonly cardPossible?: boolean } = {},
): Promise<{ devices: WorkerDevice[]; passedOver: ProbedDevice[] }> {
  if (choice === 'auto') {
    const found = [finder.cpu()];
    if (cardPossible) found.push(...(await finder.cuda()));
    if (cardPossible && autoDevices(found)[0]?.class !== 'cuda') found.push(await finder.webgpu());
    const passedOver = found.filter(({ works }) => !works);
    return { devices: shareThreads(autoDevices(found)), passedOver };
  }
  const named: ProbedDevice[] = [];
  for (const { provider, index } of choice) named.push(await findOne(provider, index));
  const broken = named.find(({ works }) => !works);
  if (broken) throw new DeviceUnavailableError(deviceLabel(broken.class, broken.index), broken.problem);
  return { devices: shareThreads(named), passedOver: [] };

  function findOne(provider: DeviceClass, index: number): ProbedDevice | Promise<ProbedDevice> {
    if (provider === 'cpu') return finder.cpu();
    if (provider === 'webgpu') return finder.webgpu();
    return provider === 'cuda' ? finder.cudaDevice(index) : finder.tensorflowDevice(provider, index);
  }
}

/** Graphics cards share the cores that feed them; the processor keeps all of its own, which its results depend on. */
function shareThreads(found: readonly ProbedDevice[]): WorkerDevice[] {
  return found.map(({ works: _, problem: __, software: ___, ...device }) => ({
    execution: { provider: device.class, index: device.index },
    device:
      device.class === 'cpu' || device.class === 'tfjs-node'
        ? device
        : { ...device, threads: Math.max(1, Math.floor(device.threads / found.length)) },
  }));
}
