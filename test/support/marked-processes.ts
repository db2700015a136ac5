import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable that marks what a test starts, and everything that starts in turn. */
export const markName = 'RETUNE_TEST_MARK';

/**
 * Processes that carry a mark in their environment or name a folder in their command line (the database has an
 * environment of its own); zombies are none. Empty where the system has no /proc.
 */
export function markedProcesses(mark: string, folder?: string): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), command: read(name, 'cmdline').replaceAll('\0', ' ') }))
    .filter(
      ({ pid, command }) =>
        command !== '' && ((folder !== undefined && command.includes(folder)) || hasMark(pid, mark)),
    );
}

function hasMark(pid: number, mark: string): boolean {
  return read(String(pid), 'environ').split('\0').includes(`${markName}=${mark}`);
}

/** Empty where the process has ended or belongs to somebody else. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
