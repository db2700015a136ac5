import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SocketConnection } from '#persistence';
import { debianPython } from './torch-process.js';

/** A Python with Optuna and the driver of Postgres. */
export interface OptunaPython {
  /** Of Optuna, e.g. `5.0.0`. */
  readonly version: string;
  readonly program: string;
}

/**
 * The Pythons whose Optuna can read a Postgres: Debian's own, and the one that RETUNE_TEST_OPTUNA_PYTHON names. Says on
 * stderr what to install where one is missing.
 */
export function findOptunaPythons(): OptunaPython[] {
  const named = process.env.RETUNE_TEST_OPTUNA_PYTHON;
  const debian = findOptuna(debianPython, "Debian's python3-optuna and python3-psycopg2");
  const newest = findOptuna(named, 'RETUNE_TEST_OPTUNA_PYTHON: a Python with optuna and psycopg2-binary');
  return [...debian, ...newest];
}

function findOptuna(program: string | undefined, needs: string): OptunaPython[] {
  const ask = `import importlib.metadata as m, psycopg2; print(m.version("optuna"))`;
  try {
    if (!program) throw new Error('not set');
    const version = execFileSync(program, ['-c', ask], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [{ program, version: version.trim() }];
  } catch {
    process.stderr.write(`skipped: needs ${needs}\n`);
    return [];
  }
}

/** The address of a database as Optuna takes it, with the tables of a schema. */
export function optunaUrl({ socketFolder, port, user, database }: SocketConnection, schema = 'optuna'): string {
  return `postgresql+psycopg2://${user}@/${database}?host=${socketFolder}&port=${port}&options=-csearch_path%3D${schema}`;
}

const script = fileURLToPath(new URL('../integration/read-optuna.py', import.meta.url));

/** Runs read-optuna.py, far from UTC, and gives what it prints. */
export async function runOptuna({ program }: OptunaPython, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, TZ: 'Asia/Kolkata' };
  const { stdout } = await promisify(execFile)(program, [script, ...args], { env, maxBuffer: 1 << 26 });
  return stdout;
}
