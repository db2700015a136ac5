import { spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { platform } from 'node:process';

/** What `postmaster.pid` says of the server of a data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly socketFolder: string;
}

/** Reads `postmaster.pid`; null where there is none, or the server has not finished writing it. */
export async function readPostmaster(dataFolder: string): Promise<Postmaster | { readonly pid: number } | null> {
  const content = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port, socketFolder] = content.split('\n');
  if (!/^-?\d+$/.test(pid)) return null;
  // A lone backend writes its pid with a minus.
  if (!port || !socketFolder) return { pid: Math.abs(Number(pid)) };
  return { pid: Math.abs(Number(pid)), port: Number(port), socketFolder };
}

/** Removes the `postmaster.pid` of a server that is dead, unless another server has written its own in the meantime. */
export async function removeStalePidFile(dataFolder: string, pid: number): Promise<void> {
  const now = await readPostmaster(dataFolder);
  if (now?.pid === pid) await rm(join(dataFolder, 'postmaster.pid'), { force: true });
}

/**
 * Whether a process is a Postgres that lives. A zombie (killed, but not yet reaped by its parent) and a stranger that
 * got the number of a dead Postgres are not, although both answer a signal.
 */
export async function isPostgresAlive(pid: number): Promise<boolean> {
  if (platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
    return name === 'postgres' && state !== 'Z' && state !== 'X';
  }
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'stat=,comm='], { encoding: 'utf8' });
  const [, state, command] = /^\s*(\S+)\s+(.*)$/.exec(stdout ?? '') ?? [];
  return state !== undefined && !state.startsWith('Z') && /postgres\s*$/.test(command);
}
