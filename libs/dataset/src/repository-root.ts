import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of the package.json named `retune` above this file. The same from the sources (tests) and from the
 * compiled files, so that both start the one compiled child entry: Node 20 cannot run TypeScript.
 *
 * @throws {Error} if no folder above is the repository.
 */
export function repositoryRoot(from: string = fileURLToPath(import.meta.url)): string {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    if (packageName(folder) === 'retune') return folder;
    if (folder === dirname(folder)) throw new Error(`Cannot find the package.json of retune above ${from}`);
  }
}

function packageName(folder: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return (content as { name?: unknown } | null)?.name;
  } catch {
    return undefined;
  }
}
