import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { SocketConnection } from '../create-data-source.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { type PostgresBinaries, preparePostgresBinaries } from './postgres-binaries.js';
import { findPostgresHome } from './postgres-home.js';
import { canExecute, findPostgresOwner, giveTo, type PostgresOwner } from './postgres-owner.js';
import { isPostgresAlive, readPostmaster, removeStalePidFile } from './postmaster.js';

/** How an embedded Postgres is started. */
export interface EmbeddedPostgresOptions {
  /** Folder for the database, made where it does not exist; any length, spaces allowed. */
  readonly folder: string;
  /** False: nothing is forced to disk, a power cut may lose the database. For tests. @default true */
  readonly durable?: boolean;
  /** Seconds to wait until it answers, recovery after a crash included. @default 60 */
  readonly timeoutSeconds?: number;
}

/** A Postgres server that answers. */
export interface EmbeddedPostgres {
  /** Server, user and database `retune`, for `createDataSource`. */
  readonly connection: SocketConnection;
  /** Process id of the server. */
  readonly pid: number;
  /** True where another process had started it: it is shared. */
  readonly shared: boolean;
  /**
   * Stops the server and waits for its end, unless another process is connected: then the last one that stops does it.
   * Connections of this process are cut.
   */
  stop(): Promise<void>;
}

const DATABASE = 'retune';
const USER = 'retune';
const PORT = 5432;
const POLL_MS = 50;
/** A longer log is begun anew at the next start. */
const LONGEST_LOG_BYTES = 16 * 2 ** 20;
/** A socket's path may have 107 bytes; the file in the folder is `/.s.PGSQL.5432`. */
const LONGEST_TEMPORARY_FOLDER = 70;

interface Server {
  readonly binaries: PostgresBinaries;
  readonly owner: PostgresOwner;
  readonly home: string;
  readonly data: string;
  readonly durable: boolean;
}

/**
 * Starts the Postgres server of a folder, or joins the one that runs there already. The first start makes the
 * database; after a crash of the machine or of the server the next start recovers. The server listens on a Unix socket
 * in a folder of its own that only its user (and root) can enter; there is no port and no password. It outlives
 * Ctrl-C in a terminal; whoever started it calls `stop`.
 *
 * @throws {EmbeddedPostgresError} if there is no build for this platform, the folder belongs to another major version,
 *   or the server does not come up; the message holds the end of its log.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const owner = await findPostgresOwner();
  const home = await findPostgresHome(owner, options.folder);
  const binaries = await preparePostgresBinaries(owner, home);
  const server: Server = { owner, home, binaries, data: join(home, 'data'), durable: options.durable ?? true };
  await initialise(server);
  const deadline = performance.now() + (options.timeoutSeconds ?? 60) * 1000;
  let failure = 'it did not answer in time';
  do {
    const running = await findRunning(server);
    if (running === 'starting') {
      await delay(POLL_MS);
      continue;
    }
    if (running !== null) return running;
    const started = await launch(server, deadline);
    if (typeof started !== 'string') return started;
    failure = started;
    // The backends of a killed server hold its shared memory until they notice; another process may have been faster.
    if (!/shared memory|lock file|is already in use/.test(failure)) break;
    await delay(4 * POLL_MS);
  } while (performance.now() < deadline);
  throw new EmbeddedPostgresError(`Cannot start Postgres in ${home}: ${failure}`);
}

/** Makes the database beside and renames it, so that one that was cut off is never used. */
async function initialise({ binaries, owner, home, data, durable }: Server): Promise<void> {
  const major = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => null);
  if (major !== null) {
    if (Number(major) === binaries.major) return;
    throw new EmbeddedPostgresError(
      `Cannot start Postgres ${binaries.major} in ${home}: its data belong to version ${major.trim()}. ` +
        'Start it with that version and set DATABASE_URL, or move the folder away.',
    );
  }
  const draft = await mkdtemp(join(home, 'initdb-'));
  try {
    await giveTo(owner, draft);
    const flags = ['--auth=trust', `--username=${USER}`, '--encoding=UTF8', '--no-locale', '--no-instructions'];
    if (!durable) flags.push('--no-sync');
    const child = spawn(binaries.initdb, ['-D', draft, ...flags], {
      ...identityOf(owner),
      cwd: '/',
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { code, output } = await finished(child);
    if (code !== 0) throw new EmbeddedPostgresError(`Cannot make a database in ${home}: ${lastLines(output)}`);
    await rename(draft, data);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    // Another process made the same database first.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

/**
 * The server that runs in the folder already. Only a real connection counts: the pid file outlives a kill, and a killed
 * server may stay a zombie that still answers signals.
 */
async function findRunning(server: Server): Promise<EmbeddedPostgres | 'starting' | null> {
  const postmaster = await readPostmaster(server.data);
  if (postmaster === null) return null;
  if (!(await isPostgresAlive(postmaster.pid))) {
    if ('socketFolder' in postmaster) await removeSocketFolder(postmaster.socketFolder);
    await removeStalePidFile(server.data, postmaster.pid);
    return null;
  }
  if (!('socketFolder' in postmaster)) return 'starting';
  const connection = connectionTo(postmaster.socketFolder);
  const answer = await tryConnect(connection);
  if (answer === 'ready') return handle(server, connection, postmaster.pid, true);
  // Somebody cleaned the temporary folder: nobody can reach this server any more, so it makes way for a new one.
  if (answer === 'gone') signalProcess(postmaster.pid, 'SIGINT');
  return 'starting';
}

/** Starts the server and waits for its first answer; the end of its log where it exits before. */
async function launch(server: Server, deadline: number): Promise<EmbeddedPostgres | string> {
  const { binaries, owner, home, data, durable } = server;
  const socketFolder = await makeSocketFolder(owner);
  const settings = ['listen_addresses=', `port=${PORT}`, 'unix_socket_permissions=0700', 'max_connections=60'];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const logPath = join(home, 'postgres.log');
  const size = await stat(logPath).then(
    (stats) => stats.size,
    () => 0,
  );
  const log = await open(logPath, size > LONGEST_LOG_BYTES ? 'w' : 'a');
  const before = (await log.stat()).size;
  const child = spawn(
    binaries.postgres,
    ['-D', data, '-k', socketFolder, ...settings.flatMap((setting) => ['-c', setting])],
    // A session of its own: Ctrl-C in the terminal must reach this process first, which then stops the server.
    { ...identityOf(owner), cwd: '/', env: environment, detached: true, stdio: ['ignore', log.fd, log.fd] },
  );
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it exited with ${signal ?? code}`;
  });
  child.unref();
  await log.close();
  const connection = connectionTo(socketFolder);
  while (ended === undefined && performance.now() < deadline) {
    if ((await tryConnect(connection)) === 'ready') return handle(server, connection, child.pid as number, false);
    await delay(POLL_MS);
  }
  if (ended === undefined) child.kill('SIGQUIT');
  await rm(socketFolder, { recursive: true, force: true });
  const written = (await readFile(logPath, 'utf8')).slice(before);
  return `${ended ?? 'it did not answer in time'}: ${lastLines(written)}`;
}

function handle(server: Server, connection: SocketConnection, pid: number, shared: boolean): EmbeddedPostgres {
  return { connection, pid, shared, stop: () => stop(server, connection, pid) };
}

async function stop({ data }: Server, connection: SocketConnection, pid: number): Promise<void> {
  if (await hasOtherClients(connection)) return;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await isPostgresAlive(pid))) break;
    signalProcess(pid, signal);
    const deadline = performance.now() + 20_000;
    while ((await isPostgresAlive(pid)) && performance.now() < deadline) await delay(POLL_MS);
  }
  await removeStalePidFile(data, pid);
  await removeSocketFolder(connection.socketFolder);
}

/** A process that has ended in the meantime needs no signal any more. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether another process is connected. Connections of this process carry its pid in their name. */
async function hasOtherClients(connection: SocketConnection): Promise<boolean> {
  const client = new pg.Client({ ...clientOptions(connection), connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ others: number }>(
      `SELECT count(*)::int AS others FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND application_name <> $1`,
      [connection.applicationName],
    );
    return rows[0].others > 0;
  } catch {
    return false; // It does not answer, so nobody is served by it either.
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** `gone`: there is no socket. `starting`: there is one, and the server does not take connections yet or any more. */
async function tryConnect(connection: SocketConnection): Promise<'ready' | 'starting' | 'gone'> {
  const client = new pg.Client({ ...clientOptions(connection), database: 'postgres', connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`).catch(ignoreDuplicate);
    return 'ready';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'starting';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Two processes may make the database at the same moment. */
function ignoreDuplicate(error: unknown): void {
  const { code } = error as { code?: string };
  if (code !== '42P04' && code !== '23505') throw error;
}

function clientOptions({ socketFolder, port, user, database, applicationName }: SocketConnection): pg.ClientConfig {
  return { host: socketFolder, port, user, database, application_name: applicationName };
}

function connectionTo(socketFolder: string): SocketConnection {
  return { socketFolder, port: PORT, user: USER, database: DATABASE, applicationName: `retune ${process.pid}` };
}

async function makeSocketFolder(owner: PostgresOwner): Promise<string> {
  const temporary = tmpdir();
  const usable = Buffer.byteLength(temporary) <= LONGEST_TEMPORARY_FOLDER && canExecute(owner, temporary);
  const folder = await mkdtemp(join(usable ? temporary : '/tmp', 'retune-pg-'));
  await chmod(folder, 0o700);
  if (owner.differs) await chown(folder, owner.uid, owner.gid);
  return folder;
}

/** Removes a socket folder that this module made; any other is left alone. */
async function removeSocketFolder(folder: string): Promise<void> {
  if (/\/retune-pg-[^/]+$/.test(folder)) await rm(folder, { recursive: true, force: true });
}

/** Nothing of the caller's environment reaches the server: PGDATA, PGPORT and locales would change what it does. */
const environment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' };

function identityOf({ uid, gid, differs }: PostgresOwner): { uid?: number; gid?: number } {
  return differs ? { uid, gid } : {};
}

function finished(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-8).join('\n') || 'it wrote nothing to its log';
}
