import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Begins to watch the most memory that this process holds at a time.
 *
 * @returns Gives the peak since then, bytes. Where the system cannot begin anew (it can on Linux), since the process began.
 * @see proc_pid_clear_refs(5): writing 5 resets VmHWM to the current resident set
 */
export function watchPeak(): () => number {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Read-only in some containers: the peak is then that of the whole life.
  }
  return () => {
    try {
      const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
      if (kibibytes !== undefined) return Number(kibibytes) * 1024;
    } catch {
      // No /proc: another system than Linux.
    }
    // maxRSS is in kilobytes on every platform.
    return process.resourceUsage().maxRSS * 1024;
  };
}
