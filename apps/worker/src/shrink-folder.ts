import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes that kept features and heads take on a disk unless told otherwise. */
export const defaultFeatureBytes = 20 * 2 ** 30;

/** Of what is free and what the folder has already, what it takes at most. */
const diskShare = 0.5;

/**
 * Removes the files of a folder and its folders that were not used for longest, until the others take at most
 * `limitBytes`, and at most half of what would be free without them.
 */
export async function shrinkFolder(folder: string, limitBytes: number): Promise<void> {
  const files = await filesIn(folder);
  let total = files.reduce((sum, { size }) => sum + size, 0);
  const { bavail, bsize } = await statfs(folder);
  const limit = Math.min(limitBytes, diskShare * (bavail * bsize + total));
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= limit) return;
    await rm(path, { force: true });
    total -= size;
  }
}

async function filesIn(folder: string): Promise<{ path: string; size: number; mtimeMs: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries
    // Unfinished ones belong to whoever writes them.
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const known = await stat(path).catch(() => undefined); // removed by another process meanwhile
      return known && { path, size: known.size, mtimeMs: known.mtimeMs };
    });
  return (await Promise.all(found)).filter((file) => file !== undefined);
}
