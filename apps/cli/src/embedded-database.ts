import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { config } from './config.js';
import { commandLine, identityOf, isRunning } from './process-tree.js';

/** How long the server may take to end in each way, ms. */
const graceMs = 10_000;
const pollMs = 50;

/**
 * Where the embedded Postgres of a data folder lies: there, or, where root's database user cannot get in, elsewhere.
 *
 * @returns absolute, links resolved; undefined where there is none yet.
 * @see libs/persistence/src/embedded, which writes what is read here.
 */
export function databaseFolder(dataFolder: string): string | undefined {
  try {
    const origin = realpathSync(join(dataFolder, 'postgres'));
    return noted(join(origin, 'LOCATION')) || origin;
  } catch {
    return undefined;
  }
}

/**
 * The address of the database, for programs that read it: `DATABASE_URL`, or the embedded server of the data folder. That one
 * has a new socket at each start.
 *
 * @returns undefined where the embedded server does not run.
 */
export function databaseUrl(dataFolder: string): string | undefined {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const server = findServer(dataFolder);
  if (server === undefined || !isRunning(server.process)) return undefined;
  const host = encodeURIComponent(server.socketFolder).replaceAll('%2F', '/');
  return `postgresql://retune@/retune?host=${host}&port=${server.port}`;
}

/** The same for Optuna and optuna-dashboard: SQLAlchemy's name of the driver, and the schema `optuna` first. */
export function toOptunaUrl(url: string): string {
  const address = url.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:');
  return `${address}${address.includes('?') ? '&' : '?'}options=-csearch_path%3Doptuna`;
}

/** Where studies and trials are kept, for people. */
export function databasePlace(dataFolder: string): string {
  if (config.databaseUrl !== undefined) return 'the server of DATABASE_URL';
  return `Postgres in ${databaseFolder(dataFolder) ?? dataFolder}`;
}

/**
 * Ends the embedded Postgres of a data folder. The API does so itself; this is for one that was killed, because the
 * server is in a session of its own and would run on. Does nothing where none runs.
 */
export async function endDatabase(dataFolder: string): Promise<void> {
  const server = findServer(dataFolder);
  if (server === undefined) return;
  const { process: noted, socketFolder } = server;
  // Fast shutdown, immediate shutdown, and what nobody survives.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      if (isRunning(noted)) process.kill(noted.pid, signal);
    } catch {
      // It ended in between.
    }
    const until = performance.now() + graceMs;
    while (isRunning(noted) && performance.now() < until) await delay(pollMs);
  }
  if (/\/retune-pg-[^/]+$/.test(socketFolder)) rmSync(socketFolder, { recursive: true, force: true });
}

/** The server that `postmaster.pid` names, if it is one and serves this folder. */
function findServer(dataFolder: string) {
  const folder = databaseFolder(dataFolder);
  if (folder === undefined) return undefined;
  const data = join(folder, 'data');
  const [pid, , , port, socketFolder = ''] = noted(join(data, 'postmaster.pid')).split('\n');
  const process = identityOf(Math.abs(Number(pid)));
  return commandLine(process.pid).includes(`-D ${data} `) ? { process, port, socketFolder } : undefined;
}

/** Empty where there is no such file. */
function noted(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
