import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const hourMs = 3_600_000;

/**
 * What a process that is killed while it writes leaves behind. The service and workers of other devices write into the
 * same folders: only what nobody has touched for so long that its writer must be dead is taken for a leftover.
 */
const places: readonly { readonly folder: string; readonly pattern: RegExp; readonly untouchedMs: number }[] = [
  { folder: 'cache/pixels', pattern: /^\..*\.tmp$/, untouchedMs: hourMs },
  { folder: 'cache/features', pattern: /^\..*\.tmp$/, untouchedMs: hourMs },
  { folder: 'artifacts/incoming', pattern: /\.tmp$/, untouchedMs: hourMs },
  // An export is verified in its hidden folder, image by image, without a write.
  { folder: 'exports', pattern: /^\.[0-9a-f-]{36}(-attempt-\d+)?\./, untouchedMs: 24 * hourMs },
];

/**
 * Removes leftovers from a data folder. What cannot be removed stays; nothing depends on it.
 *
 * @param nowMs Wall clock, ms since 1970.
 * @returns Paths below the data folder that were removed.
 */
export async function sweepLeftovers(dataFolder: string, nowMs: number): Promise<string[]> {
  const removed: string[] = [];
  for (const { folder, pattern, untouchedMs } of places) {
    const entries: Dirent[] = await readdir(join(dataFolder, folder), { withFileTypes: true }).catch(() => []);
    for (const { name } of entries.filter((entry) => pattern.test(entry.name))) {
      const path = join(dataFolder, folder, name);
      const touchedMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => nowMs,
      );
      if (nowMs - touchedMs <= untouchedMs) continue;
      const gone = await rm(path, { recursive: true, force: true }).then(
        () => true,
        () => false,
      );
      if (gone) removed.push(`${folder}/${name}`);
    }
  }
  return removed;
}
