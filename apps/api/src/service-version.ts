import { readFileSync } from 'node:fs';

/** The version in the package's own package.json, found upwards from this file: sources and build lie at different depths. */
export function serviceVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const found = readManifest(new URL('package.json', folder));
    if (found?.name === 'retune') return String(found.version);
    if (folder.pathname === '/') throw new Error('Cannot find the package.json of retune above the service');
  }
}

function readManifest(file: URL): { name?: unknown; version?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
