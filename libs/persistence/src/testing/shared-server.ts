import { spawn } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDataSource, type SocketConnection } from '../create-data-source.js';
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js';

/** The database that every test database is a copy of. */
export const TEMPLATE = 'retune_template';

/**
 * Waits for the end of the test run, then ends the server at once and removes its folder. It is a process of its own,
 * so that nothing is left behind when the run is killed either.
 */
const WATCHDOG = `
while kill -0 "$1" 2>/dev/null; do sleep 0.2; done
kill -QUIT "$2" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$2" 2>/dev/null || break; sleep 0.1; done
rm -rf "$3" "$4"`;

/**
 * The Postgres server of this test run, with a migrated template database. The first test file that asks starts it, the
 * others join; it ends with the run (the parent of the processes that run test files).
 */
export async function sharedServer(): Promise<SocketConnection> {
  const run = process.ppid;
  const folder = join(tmpdir(), `retune-test-${userInfo().uid}-${run}`);
  const noted = join(folder, 'connection.json');
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const connection = await readFile(noted, 'utf8').catch(() => null);
    if (connection !== null) return ownNamed(JSON.parse(connection) as SocketConnection);
    // Whoever makes the folder starts the server.
    const isFirst = await mkdir(folder, { mode: 0o755 }).then(
      () => true,
      () => false,
    );
    if (isFirst) return start(folder, noted, run);
    await delay(50);
  }
  throw new Error(`Cannot join the test database: ${folder} exists, but no server has been noted in it`);
}

async function start(folder: string, noted: string, run: number): Promise<SocketConnection> {
  try {
    const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), durable: false });
    const { pid, connection } = server;
    const watchdog = ['-c', WATCHDOG, 'sh', String(run), String(pid), folder, connection.socketFolder];
    spawn('/bin/sh', watchdog, { detached: true, stdio: 'ignore', cwd: '/' }).unref();
    await makeTemplate(connection);
    await writeFile(`${noted}.draft`, JSON.stringify(connection));
    await rename(`${noted}.draft`, noted);
    return connection;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function makeTemplate(connection: SocketConnection): Promise<void> {
  const admin = await createDataSource({ connection, poolSize: 1 }).initialize();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.destroy();
  const template = await createDataSource({ connection: { ...connection, database: TEMPLATE } }).initialize();
  await template.runMigrations();
  await template.destroy();
}

function ownNamed(connection: SocketConnection): SocketConnection {
  return { ...connection, applicationName: `retune ${process.pid}` };
}
