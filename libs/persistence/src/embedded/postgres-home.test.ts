import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
    await mkdir(join(parent, 'moved'));
    await writeFile(join(parent, 'moved', 'LOCATION'), `${home}\n`);
    expect(await findPostgresHome(owner, join(parent, 'moved'), elsewhere)).toBe(home);
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
