import { createHash } from 'node:crypto';
import { access, chmod, chown, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { canExecute, type PostgresOwner } from './postgres-owner.js';
import { readPostmaster } from './postmaster.js';

/** In the folder that was asked for: where the database lies instead. */
const LOCATION_FILE = 'LOCATION';
/** There: the folder that was asked for. */
const ORIGIN_FILE = 'ORIGIN';

/** Where root's databases live whose own folder the database user cannot reach. */
const ELSEWHERE = '/var/lib/retune';

/**
 * The folder that holds the database: `folder` itself, or, where the database user cannot reach that (root's own home
 * is closed to others), a folder under `/var/lib/retune` whose path is noted in `folder/LOCATION`.
 *
 * @param folder Made where it does not exist.
 * @param elsewhere @default '/var/lib/retune'
 */
export async function findPostgresHome(owner: PostgresOwner, folder: string, elsewhere = ELSEWHERE): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const origin = await realpath(folder);
  if (!owner.differs) return origin;
  const noted = await readFile(join(origin, LOCATION_FILE), 'utf8').catch(() => null);
  if (noted === null) {
    await chown(origin, owner.uid, owner.gid);
    await chmod(origin, 0o755);
    if (canExecute(owner, origin)) return origin;
  }
  await removeAbandoned(elsewhere);
  const name = createHash('sha256').update(origin).digest('hex').slice(0, 16);
  const home = noted?.trim() || join(elsewhere, `postgres-${name}`);
  await mkdir(home, { recursive: true, mode: 0o755 });
  await chown(home, owner.uid, owner.gid);
  await writeFile(join(home, ORIGIN_FILE), `${origin}\n`);
  await writeFile(join(origin, LOCATION_FILE), `${home}\n`);
  return home;
}

/**
 * Removes databases of temporary folders that are gone. Any other database is kept, even if its folder cannot be found:
 * a disk may just not be mounted.
 */
async function removeAbandoned(elsewhere: string): Promise<void> {
  const temporary = (await realpath(tmpdir())) + sep;
  for (const name of await readdir(elsewhere).catch(() => [])) {
    const home = join(elsewhere, name);
    const origin = (await readFile(join(home, ORIGIN_FILE), 'utf8').catch(() => '')).trim();
    if (!origin.startsWith(temporary)) continue;
    const isGone = await access(join(origin, LOCATION_FILE)).then(
      () => false,
      () => true,
    );
    if (isGone && (await readPostmaster(join(home, 'data'))) === null) await rm(home, { recursive: true, force: true });
  }
}
