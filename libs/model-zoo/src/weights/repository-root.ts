import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of Retune's package.json, from wherever this module runs: sources or `dist`.
 *
 * @throws {Error} if no folder above holds a package.json named `retune`.
 */
export function repositoryRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isRetune(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`Cannot find the package.json of retune above ${from}`);
  }
}

function isRetune(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { name?: unknown } | null)?.name === 'retune';
  } catch {
    // A broken package.json on the way up is somebody else's.
    return false;
  }
}
