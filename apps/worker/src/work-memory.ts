import { readFileSync, writeFileSync } from 'node:fs';

/** Resident bytes of the process before its first work: program and libraries. */
let bareBytes: number | undefined;

/**
 * The most memory that one of several pieces of work of a process has needed. Linux keeps the peak of a process, and
 * forgets it when it is told to; what earlier work left behind and this one does not use is taken off. Elsewhere it is the
 * peak since the process began.
 *
 * @see proc_pid_clear_refs(5), proc_pid_status(5): VmHWM
 */
export class WorkMemory {
  readonly #leftBytes: number;

  /** @param reusedBytes Of what earlier work left behind, what this one has used so far. */
  constructor(private readonly reusedBytes: () => number = () => 0) {
    const before = process.memoryUsage.rss();
    bareBytes ??= before;
    this.#leftBytes = Math.max(0, before - bareBytes);
    forgetPeak();
  }

  /** The peak so far does not count: what comes is watched alone. */
  forget(): void {
    forgetPeak();
  }

  peakBytes(): number {
    return peakOfProcess() - Math.max(0, this.#leftBytes - this.reusedBytes());
  }
}

function forgetPeak(): void {
  try {
    if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // A kernel without it, or one that does not let us: the peak is then that of all work so far.
  }
}

function peakOfProcess(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  // In kilobytes on every platform.
  return process.resourceUsage().maxRSS * 1024;
}
