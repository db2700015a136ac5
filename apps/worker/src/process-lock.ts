import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pause } from './api-client.js';

/** What a lock file says of the process that holds it. */
export interface LockHolder {
  readonly pid: number;
  /** Start time of the process in clock ticks since boot; tells a recycled pid from the holder. Null where unknown. */
  readonly startedTicks: string | null;
  /** What the holder calls itself. */
  readonly worker: string;
}

/** A held lock. */
export interface ProcessLock {
  /** Gives it back; does nothing where the file is no longer ours. */
  release(): Promise<void>;
}

/**
 * Takes a lock file for this process; one left by a dead process is taken over.
 *
 * @param name What this process calls itself in the file.
 * @returns The lock, or the living process that holds it.
 */
export async function tryLock(file: string, name: string): Promise<ProcessLock | LockHolder> {
  await mkdir(dirname(file), { recursive: true });
  const own: LockHolder = { pid: process.pid, startedTicks: await startedTicks(process.pid), worker: name };
  // Two locks of one process must differ too, or the first would be released with the second.
  const content = JSON.stringify({ ...own, id: randomUUID() });
  // A hard link makes the lock appear with its content: no reader ever sees an empty file.
  const prepared = join(dirname(file), `.${randomUUID()}.tmp`);
  await writeFile(prepared, content);
  try {
    for (let tries = 0; tries < 1000; tries++) {
      if (await linked(prepared, file)) return { release: () => releaseIfOurs(file, content) };
      const holder = await readHolder(file);
      if (holder && (await isAlive(holder))) return holder;
      await removeStale(file, prepared);
    }
    throw new Error(`Cannot take ${file}: it keeps changing hands`);
  } finally {
    await rm(prepared, { force: true });
  }
}

/**
 * Takes a lock file as `tryLock` does, and waits for as long as another process holds it.
 *
 * @throws the signal's reason when that is aborted first.
 */
export async function waitForLock(file: string, name: string, signal?: AbortSignal): Promise<ProcessLock> {
  for (;;) {
    signal?.throwIfAborted();
    const lock = await tryLock(file, name);
    if ('release' in lock) return lock;
    await pause(50, signal);
  }
}

async function linked(prepared: string, file: string): Promise<boolean> {
  try {
    await link(prepared, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock of a dead holder. Only one process at a time may judge and remove, or the second would remove the lock
 * that the first has just taken; the side lock that says so is held for a moment and ignored after 10 s.
 */
async function removeStale(file: string, prepared: string): Promise<void> {
  const side = `${file}.takeover`;
  if (!(await linked(prepared, side))) {
    const age = Date.now() - (await stat(side).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > 10_000) await rm(side, { force: true });
    return pause(20);
  }
  try {
    const holder = await readHolder(file);
    if (!holder || !(await isAlive(holder))) await rm(file, { force: true });
  } finally {
    await rm(side, { force: true });
  }
}

async function releaseIfOurs(file: string, content: string): Promise<void> {
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present === content) await rm(file, { force: true });
}

/** Null for a missing or damaged file, which counts as stale. */
async function readHolder(file: string): Promise<LockHolder | null> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as LockHolder;
    return Number.isInteger(holder.pid) && holder.pid > 0 ? holder : null;
  } catch {
    return null;
  }
}

async function isAlive(holder: LockHolder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const ticks = await startedTicks(holder.pid);
  return ticks === null || holder.startedTicks === null || ticks === holder.startedTicks;
}

/** Field 22 of /proc/PID/stat; null on systems without /proc. */
async function startedTicks(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
