import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Device } from '#api-contract';

/** The device this machine trains on: its processor, with the cores this process may use. */
export function describeDevice(): Device {
  return {
    class: 'cpu',
    index: 0,
    name: cpus()[0]?.model.trim().slice(0, 200) || 'unknown processor',
    driver: null,
    threads: availableParallelism(),
    memoryBytes: usableMemoryBytes(),
  };
}

/** Memory this process may use: the machine's, or less where a container limits it. */
export function usableMemoryBytes(): number {
  // Without a limit it is 0 or larger than any machine.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.min(totalmem(), limit);
}
