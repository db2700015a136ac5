import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPostgresHome } from './postgres-home.js';
import { findPostgresOwner } from './postgres-owner.js';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'postgres home '));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

test('findPostgresHome() is the folder itself for an ordinary user', async () => {
  const { uid, gid } = userInfo();
  expect(await findPostgresHome({ uid, gid, differs: false }, join(parent, 'a', 'b'))).toBe(join(parent, 'a', 'b'));
});

// The temporary folder is closed to others, as root's home is.
describe.runIf(userInfo().uid === 0)('findPostgresHome() for root, in a closed home', () => {
  test('lies elsewhere, is noted, and is found again after the folder was moved', async () => {
    const owner = await findPostgresOwner();
    const elsewhere = join(parent, 'elsewhere');
    const home = await findPostgresHome(owner, join(parent, 'data'), elsewhere);
    expect(home.startsWith(join(elsewhere, 'postgres-'))).toBe(true);
    expect(await readFile(join(parent, 'data', 'LOCATION'), 'utf8')).toBe(`${home}\n`);
    expect(await findPostgresHome(owner, join(parent, 'data'), elsewhere)).toBe(home);
    await rename(join(parent, 'data'), join(parent, 'moved'));
    expect(await findPostgresHome(owner, join(parent, 'moved'), elsewhere)).toBe(home);
  });

  test('is another one after the folder was deleted, so that no old database comes back without its pictures', async () => {
    const owner = await findPostgresOwner();
    const elsewhere = join(parent, 'elsewhere');
    const before = await findPostgresHome(owner, join(parent, 'data'), elsewhere);
    await mkdir(join(before, 'data'));
    await writeFile(join(before, 'data', 'PG_VERSION'), '18\n');
    await rm(join(parent, 'data'), { recursive: true });
    const after = await findPostgresHome(owner, join(parent, 'data'), elsewhere);
    expect(after).not.toBe(before);
    expect(await readdir(after)).toEqual(['ORIGIN']);
    // The parent is a temporary folder, whose earlier database nobody can want any more.
    expect(await readdir(elsewhere)).toHaveLength(1);
  });

  test('is one and the same for processes that ask at the same time', async () => {
    const owner = await findPostgresOwner();
    const elsewhere = join(parent, 'elsewhere');
    const ask = () => findPostgresHome(owner, join(parent, 'data'), elsewhere);
    const homes = new Set(await Promise.all([ask(), ask(), ask(), ask()]));
    expect(homes.size).toBe(1);
    expect(await readdir(elsewhere)).toHaveLength(1);
    expect(await readdir(join(parent, 'data'))).toEqual(['LOCATION']);
  });

  test('can be reached by the database user whatever the umask, also where an earlier start closed it', async () => {
    const owner = await findPostgresOwner();
    const elsewhere = join(parent, 'elsewhere');
    await mkdir(elsewhere, { mode: 0o700 });
    const umask = process.umask(0o077);
    try {
      const home = await findPostgresHome(owner, join(parent, 'data'), elsewhere);
      expect((await stat(elsewhere)).mode & 0o777).toBe(0o755);
      expect(await stat(home).then(({ mode, uid }) => [mode & 0o777, uid])).toEqual([0o755, owner.uid]);
    } finally {
      process.umask(umask);
    }
  });

  test('removes the databases of temporary folders that are gone, and no others', async () => {
    const owner = await findPostgresOwner();
    const elsewhere = join(parent, 'elsewhere');
    const gone = await findPostgresHome(owner, join(parent, 'gone'), elsewhere);
    const kept = await findPostgresHome(owner, join(parent, 'kept'), elsewhere);
    const unmounted = join(elsewhere, 'postgres-unmounted');
    await mkdir(unmounted);
    await writeFile(join(unmounted, 'ORIGIN'), '/mnt/disk/data/postgres\n');
    await rm(join(parent, 'gone'), { recursive: true });
    const next = await findPostgresHome(owner, join(parent, 'next'), elsewhere);
    const homes = (await readdir(elsewhere)).map((name) => join(elsewhere, name));
    expect(homes.sort()).toEqual([kept, next, unmounted].sort());
    expect(homes).not.toContain(gone);
  });
});
