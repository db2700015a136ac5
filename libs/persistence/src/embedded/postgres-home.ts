import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canExecute, type PostgresOwner } from './postgres-owner.js';

const LOCATION_FILE = 'LOCATION';

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
  if (!owner.differs) return realpath(folder);
  const noted = await readFile(join(folder, LOCATION_FILE), 'utf8').catch(() => null);
  const home = noted?.trim() || (await realpath(folder));
  if (noted === null) {
    await chown(home, owner.uid, owner.gid);
    await chmod(home, 0o755);
    if (canExecute(owner, home)) return home;
  }
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const reachable = noted === null ? join(elsewhere, `postgres-${name}`) : home;
  await mkdir(elsewhere, { recursive: true, mode: 0o755 });
  await mkdir(reachable, { recursive: true, mode: 0o755 });
  await chown(reachable, owner.uid, owner.gid);
  if (noted === null) await writeFile(join(folder, LOCATION_FILE), `${reachable}\n`);
  return reachable;
}
