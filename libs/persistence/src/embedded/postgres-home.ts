import { chmod, chown, link, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
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
 * is closed to others), a folder under `/var/lib/retune` whose path is noted in `folder/LOCATION`. That note is all
 * that ties the two together: a folder without one, even where another stood before, gets a database of its own.
 *
 * @param folder Made where it does not exist.
 * @param elsewhere @default '/var/lib/retune'
 */
export async function findPostgresHome(owner: PostgresOwner, folder: string, elsewhere = ELSEWHERE): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const origin = await realpath(folder);
  if (!owner.differs) return origin;
  let noted = await readLocation(origin);
  if (noted === null) {
    await chown(origin, owner.uid, owner.gid);
    await chmod(origin, 0o755);
    if (canExecute(owner, origin)) return origin;
  }
  await removeAbandoned(elsewhere, noted);
  await mkdir(elsewhere, { recursive: true });
  // The umask of the process may close what it makes, and the database user must pass through.
  await chmod(elsewhere, 0o755);
  noted ??= await makeHome(origin, elsewhere);
  await mkdir(noted, { recursive: true });
  await chmod(noted, 0o755);
  await chown(noted, owner.uid, owner.gid);
  await writeFile(join(noted, ORIGIN_FILE), `${origin}\n`);
  return noted;
}

/** A fresh folder, noted in `origin`; where another process was faster, the one that it noted. */
async function makeHome(origin: string, elsewhere: string): Promise<string> {
  const home = await mkdtemp(join(elsewhere, 'postgres-'));
  const draft = join(origin, `${LOCATION_FILE}.${basename(home)}`);
  await writeFile(draft, `${home}\n`);
  try {
    // A hard link makes the note appear with its content, and only once.
    await link(draft, join(origin, LOCATION_FILE));
    return home;
  } catch (error) {
    await rm(home, { recursive: true });
    const noted = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readLocation(origin) : null;
    if (noted === null) throw error;
    return noted;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readLocation(origin: string): Promise<string | null> {
  const path = join(origin, LOCATION_FILE);
  const noted = await readFile(path, 'utf8').catch(() => null);
  if (noted?.trim() === '') await rm(path); // torn by a crash of the machine: it says nothing
  return noted?.trim() || null;
}

/**
 * Removes databases of temporary folders that are gone or have another one by now. Any other database is kept: its
 * disk may just not be mounted, or its folder moved to where it has not been started yet.
 */
async function removeAbandoned(elsewhere: string, wanted: string | null): Promise<void> {
  const temporary = (await realpath(tmpdir())) + sep;
  for (const name of await readdir(elsewhere).catch(() => [])) {
    const home = join(elsewhere, name);
    const origin = (await readFile(join(home, ORIGIN_FILE), 'utf8').catch(() => '')).trim();
    if (!origin.startsWith(temporary)) continue;
    if (home === wanted || (await readLocation(origin)) === home) continue;
    if ((await readPostmaster(join(home, 'data'))) === null) await rm(home, { recursive: true, force: true });
  }
}
