import type { DeviceClass } from '#api-contract';

/** Devices that a worker is told to use: one claiming worker for each, or whatever is best. */
export type DeviceChoice = 'auto' | readonly NamedDevice[];

/** A device by its kind and number, from 0. */
export interface NamedDevice {
  readonly provider: DeviceClass;
  readonly index: number;
}

/** What `parseDevices` takes, in words. */
export const allowedDevices =
  'auto, or a list with commas of cpu, webgpu:0 and cuda:0 (cuda:0,1 for devices 0 and 1), each once; ' +
  'tfjs-node or tfjs-node-gpu:0 where TensorFlow is linked or installed';

/** Devices of one kind that may be named: the processor is one, and WebGPU shows the adapter that the system prefers. */
const mostDevices: Readonly<Record<DeviceClass, number>> = {
  cpu: 1,
  webgpu: 1,
  cuda: 64,
  'tfjs-node': 1,
  'tfjs-node-gpu': 64,
};

/**
 * Reads the value of `--devices`: `auto`, `cpu`, `webgpu:0`, `cuda:0,1`, `cpu,webgpu:0`. A number alone is another device of
 * the kind before it; a kind without a number is its first device.
 *
 * @returns Null for anything else.
 */
export function parseDevices(text: string): DeviceChoice | null {
  if (text.trim() === 'auto') return 'auto';
  const devices: NamedDevice[] = [];
  let provider: DeviceClass | undefined;
  for (const part of text.split(',')) {
    const [, kind, digits = '0'] = /^(cpu|webgpu|cuda|tfjs-node|tfjs-node-gpu)(?::(\d{1,4}))?$/.exec(part.trim()) ?? [];
    const another = /^\d{1,4}$/.test(part.trim()) ? part.trim() : undefined;
    provider = (kind as DeviceClass | undefined) ?? (another === undefined ? undefined : provider);
    if (provider === undefined) return null;
    const index = Number(another ?? digits);
    if (index >= mostDevices[provider]) return null;
    if (devices.some((device) => device.provider === provider && device.index === index)) return null;
    devices.push({ provider, index });
  }
  return devices;
}

/** A device as `--devices` names it: `cpu`, `webgpu:0`, `cuda:1`. */
export function deviceLabel(deviceClass: string, index: number): string {
  return deviceClass === 'cpu' || deviceClass === 'tfjs-node' ? deviceClass : `${deviceClass}:${index}`;
}
