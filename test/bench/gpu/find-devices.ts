import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionDevice, ExecutionProvider } from '#engine';
import { repositoryRoot } from '../side/script-path.js';
import { problemOf } from './measure-gpu.js';

/** Devices that compute, and why the others do not. */
export interface FoundDevices {
  readonly devices: readonly ExecutionDevice[];
  readonly problems: readonly string[];
}

/** Tries each provider that was asked for: a small network must answer on it. */
export async function findDevices(wanted: ExecutionProvider | 'auto'): Promise<FoundDevices> {
  const providers: ExecutionProvider[] = wanted === 'auto' ? ['webgpu', ...cudaBeside()] : [wanted];
  const devices: ExecutionDevice[] = [];
  const problems: string[] = [];
  for (const provider of providers) {
    const device = { provider, index: 0 };
    const problem = await problemOf(device);
    if (problem === undefined) devices.push(device);
    else problems.push(`${provider}: ${problem}`);
  }
  return { devices, problems };
}

/** CUDA only where `npm run setup:cuda` has fetched its provider: half a gigabyte that no package carries. */
function cudaBeside(): ExecutionProvider[] {
  const root = join(repositoryRoot(), 'node_modules/onnxruntime-node/bin');
  if (!existsSync(root)) return [];
  const beside = readdirSync(root, { recursive: true }).some((file) => String(file).includes('providers_cuda'));
  return beside ? ['cuda'] : [];
}
