import { drmGpus } from './drm-gpus.js';
import type { Gpu } from './gpu.js';
import { parseSystemProfiler } from './macos-gpus.js';
import { type NvidiaGpu, nvidiaGpus } from './nvidia-gpus.js';
import { runTool } from './run-tool.js';
import { parseVulkanSummary } from './vulkan-summary.js';
import { parseVideoControllers, videoControllerQuery } from './windows-gpus.js';

/** Graphics cards by what the system says of them; nothing is opened or tried. */
export interface SystemGpus {
  /** In the order that CUDA numbers them. */
  readonly nvidia: readonly NvidiaGpu[];
  /** Of other makers. */
  readonly others: readonly Gpu[];
}

/** Asks the system's files and tools, those that are there. */
export async function systemGpus(platform: NodeJS.Platform = process.platform): Promise<SystemGpus> {
  const nvidia = await nvidiaGpus(runTool);
  const taken = new Set(nvidia.map(({ pciAddress }) => pciAddress));
  const names = new Set(nvidia.map(({ name }) => name));
  const others = (await gpusOf(platform)).filter(
    ({ pciAddress, name }) => !(pciAddress !== null && taken.has(pciAddress)) && !(name !== null && names.has(name)),
  );
  return { nvidia, others };
}

async function gpusOf(platform: NodeJS.Platform): Promise<Gpu[]> {
  if (platform === 'darwin') {
    return parseSystemProfiler((await runTool('system_profiler', ['SPDisplaysDataType', '-json'])) ?? '');
  }
  if (platform === 'win32') {
    const command = ['-NoProfile', '-NonInteractive', '-Command', videoControllerQuery];
    return parseVideoControllers((await runTool('powershell', command)) ?? '');
  }
  return drmGpus(parseVulkanSummary((await runTool('vulkaninfo', ['--summary'])) ?? ''));
}
