import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Ids of a process' children, their children and so on, each before its own; empty where there are none. */
export function descendants(pid: number): number[] {
  const parents = process.platform === 'linux' ? parentsFromProc() : parentsFromPs();
  const found: number[] = [];
  collect(pid, parents, found);
  return found;
}

/** True while a process with this id exists and has not ended (a zombie has). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || statOf(String(pid))?.state !== 'Z';
}

/** A process, told from a later one that got the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system says it; null where that cannot be read. */
  readonly started: string | null;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) };
}

/** Whether exactly this process still runs. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return isAlive(pid) && (started === null || startOf(pid) === started);
}

/** Its command line, for telling whether an id still belongs to the process one knew; empty where it cannot be read. */
export function commandLine(pid: number): string {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Linux: clock ticks since the machine started, field 22 of /proc/PID/stat; elsewhere a date. */
function startOf(pid: number): string | null {
  if (process.platform === 'linux') return statOf(String(pid))?.started ?? null;
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || null;
}

function collect(parent: number, parents: ReadonlyMap<number, number>, found: number[]): void {
  for (const [child, itsParent] of parents) {
    if (itsParent !== parent || found.includes(child)) continue;
    found.push(child);
    collect(child, parents, found);
  }
}

/** Linux: read from /proc, because a bare system has no `ps`. */
function parentsFromProc(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat) parents.set(Number(name), stat.parent);
  }
  return parents;
}

function statOf(pid: string): { state: string; parent: number; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces and brackets itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] as string, parent: Number(fields[1]), started: fields[19] as string };
  } catch {
    return undefined; // it ended while we were looking
  }
}

function parentsFromPs(): Map<number, number> {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = (stdout ?? '').trim().split('\n');
  return new Map(rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]));
}
