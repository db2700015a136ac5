import { entryFile } from './child-run.js';
import type { Environment } from './config.js';
import { usableMemoryBytes } from './device.js';
import { WarmChild } from './warm-child.js';

/** Of the memory, what the process that trains may keep from trial to trial: a trial's own work needs the rest. */
const keptShare = 0.25;

/** Of the memory, what that process may hold after a trial; more is what allocators do not give back, and it is replaced. */
const residentShare = 0.5;

/** The process that trains, and what it may keep from trial to trial. */
export interface WarmTrainer {
  readonly trainer: WarmChild;
  readonly warmBytes: number;
}

/** @param workers Of this process: they share the memory. @param stop Aborted when the worker shall end. */
export function warmTrainer(environment: Environment, workers: number, stop: AbortSignal): WarmTrainer {
  const memoryBytes = usableMemoryBytes() / workers;
  const trainer = new WarmChild(entryFile('work-process'), environment, {
    residentBytes: residentShare * memoryBytes,
    stop,
  });
  return { trainer, warmBytes: Math.floor(keptShare * memoryBytes) };
}
