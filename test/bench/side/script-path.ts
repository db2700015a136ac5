import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a file of test/bench is that is not compiled; this module runs from test/bench and from dist/test/bench. */
export function scriptPath(name: string): string {
  const root = repositoryRoot();
  return join(root, 'test/bench', name);
}

/** The folder that has package.json, above this file. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
