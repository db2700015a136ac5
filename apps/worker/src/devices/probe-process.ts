/** @file Tries one device. A process of its own: a broken driver may crash or hang it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { probeDevice } from '#engine';
import { serveChild } from '../child-channel.js';
import type { ProbeAnswer, ProbeJob } from './probe-in-child.js';
import { softwareAdapter } from './software-adapter.js';

serveChild(async (request): Promise<ProbeAnswer> => {
  const job = request as ProbeJob;
  const { works, problem } = await probeDevice(job.device);
  const isWebGpu = job.device.provider === 'webgpu' && process.platform === 'linux';
  return { works, problem, software: works && isWebGpu ? softwareInUse() : null, version: null };
});

/** ONNX Runtime keeps the driver that it has loaded, so this may be asked after the session has ended. */
function softwareInUse(): string | null {
  return softwareAdapter(readFileSync('/proc/self/maps', 'utf8'), openFiles());
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      // The one that reading the folder had opened.
      return [];
    }
  });
}
