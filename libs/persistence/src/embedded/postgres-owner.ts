import { spawnSync } from 'node:child_process';
import { chown, lstat, readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The user Postgres runs as. Postgres refuses to run as root. */
export interface PostgresOwner {
  readonly uid: number;
  readonly gid: number;
  /** True where this process is root and the server must be another user. */
  readonly differs: boolean;
}

/**
 * This process's own user; for root the user `postgres` of the machine, else `nobody`.
 *
 * @throws {EmbeddedPostgresError} if the process is root and the machine has neither.
 */
export async function findPostgresOwner(): Promise<PostgresOwner> {
  const { uid, gid } = userInfo();
  if (uid !== 0) return { uid, gid, differs: false };
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'Cannot start Postgres as root: the machine has no user postgres or nobody. Run as another user, or set DATABASE_URL.',
    );
  }
  return { uid: Number(account[2]), gid: Number(account[3]), differs: true };
}

/** Whether the owner can execute a program, or pass through a folder. */
export function canExecute({ uid, gid, differs }: PostgresOwner, path: string): boolean {
  const identity = differs ? { uid, gid } : {};
  const { status, error } = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], {
    ...identity,
    cwd: '/',
    stdio: 'ignore',
  });
  if (error !== undefined && differs) {
    throw new EmbeddedPostgresError(
      `Cannot act as user ${uid} to run Postgres. Run as another user than root, or set DATABASE_URL.`,
      { cause: error },
    );
  }
  return status === 0;
}

/** Gives a folder and all that lies in it to the owner; links are not followed. */
export async function giveTo(owner: PostgresOwner, folder: string): Promise<void> {
  if (!owner.differs) return;
  await chown(folder, owner.uid, owner.gid);
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    const stats = await lstat(path);
    if (stats.isDirectory()) await giveTo(owner, path);
    else if (stats.isFile()) await chown(path, owner.uid, owner.gid);
  }
}
