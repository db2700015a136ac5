import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { Environment } from './config.js';

/** What builds an addon of Node.js. */
export interface BuildTools {
  /** npm's command line, a script; null where there is none. */
  readonly npm: string | null;
  /** npm's own node-gyp, a script; null where there is none. */
  readonly nodeGyp: string | null;
  /** Folder with `include/node`, so that none need be downloaded; null where there is none. */
  readonly headers: string | null;
  /** What is missing, and how to get it. */
  readonly missing: readonly string[];
}

/** Looks for what a build needs. */
export function findBuildTools(environment: Environment): BuildTools {
  const npm = npmScript(environment);
  const nodeGyp = npm === null ? null : resolvable(npm, 'node-gyp/bin/node-gyp.js');
  const missing: string[] = [];
  const need = (found: boolean, what: string) => {
    if (!found) missing.push(what);
  };
  const onPath = (name: string) => commandPath(name, environment) !== null;
  need(npm !== null, 'npm');
  need(npm === null || nodeGyp !== null, 'node-gyp (comes with npm: npm install --global npm)');
  need(['c++', 'g++', 'clang++'].some(onPath), 'C++ compiler (Debian: apt-get install g++)');
  need(onPath('make'), 'make (Debian: apt-get install make)');
  need(onPath('python3') || onPath('python'), 'Python 3 (Debian: apt-get install python3)');
  const prefix = dirname(dirname(process.execPath));
  return { npm, nodeGyp, headers: existsSync(join(prefix, 'include/node/node_api.h')) ? prefix : null, missing };
}

function npmScript(environment: Environment): string | null {
  const command = commandPath('npm', environment);
  if (command === null) return null;
  const script = realpathSync(command);
  return /\.c?js$/.test(script)
    ? script
    : resolvable(join(dirname(process.execPath), '../lib/x'), 'npm/bin/npm-cli.js');
}

function resolvable(from: string, name: string): string | null {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return null;
  }
}

function commandPath(name: string, environment: Environment): string | null {
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // looked for in the next one
    }
  }
  return null;
}
