import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LinkError } from './link-error.js';
import { runTool, type ToolRun } from './run-tool.js';

/** What a package says of itself; null where there is none. */
export function packageNotes(folder: string): { readonly name: string; readonly version: string } | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
  } catch {
    return null;
  }
}

/** Fetches a package and what it needs into `<folder>/node_modules`, and runs none of its scripts. */
export async function fetchPackage(folder: string, spec: string, tool: Omit<ToolRun, 'args' | 'folder'>, npm: string) {
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  await runTool({ ...tool, folder, args: [npm, 'install', ...quiet, spec] });
}

/** Left out of a copy: what an earlier build of the package made. */
const made = new Set(['deps', 'lib', 'build']);

/**
 * Makes `<folder>/node_modules` from a package that is installed elsewhere, which stays as it is: the package itself is
 * copied, its neighbours, among which it finds what it needs, are links.
 *
 * @param source Folder of the package, `…/node_modules/@tensorflow/NAME`.
 */
export async function copyPackage(folder: string, source: string): Promise<void> {
  const real = await realpath(source);
  const scope = dirname(real);
  const modules = dirname(scope);
  if (basename(modules) !== 'node_modules') {
    throw new LinkError(`--package is ${source}, must be a package as npm installs it (…/node_modules/@tensorflow/…)`);
  }
  const target = join(folder, 'node_modules');
  const targetScope = join(target, basename(scope));
  await mkdir(targetScope, { recursive: true });
  await linkEntries(modules, target, basename(scope));
  await linkEntries(scope, targetScope, basename(real));
  const left = new Set([...made].map((name) => join(real, name)));
  await cp(real, join(targetScope, basename(real)), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !left.has(path),
  });
}

async function linkEntries(from: string, to: string, except: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name !== except && name !== '.bin') await symlink(join(from, name), join(to, name));
  }
}
