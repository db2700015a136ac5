import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDataSource, type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from '#persistence';

let parent: string;
const running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'retune embedded '));
  await chmod(parent, 0o755);
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  const location = await readFile(join(parent, 'home', 'postgres', 'LOCATION'), 'utf8').catch(() => null);
  if (location !== null) await rm(location.trim(), { recursive: true, force: true });
  await rm(parent, { recursive: true, force: true });
});

async function start(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, durable: false });
  running.push(server);
  return server;
}

async function query(server: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const source = await createDataSource({ connection: server.connection, poolSize: 1 }).initialize();
  try {
    return await source.query(sql);
  } finally {
    await source.destroy();
  }
}

function isAlive(pid: number): boolean {
  return (
    spawnSync('ps', ['-p', String(pid), '-o', 'stat='])
      .stdout.toString()
      .trim()
      .replace(/^Z.*/, '') !== ''
  );
}

describe('startEmbeddedPostgres()', () => {
  test('keeps its data from one start to the next, in a folder with a space and a long path', async () => {
    const folder = join(parent, 'a folder with spaces', 'x'.repeat(120), 'postgres');
    const first = await start(folder);
    expect(first.shared).toBe(false);
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    await expect(stat(first.connection.socketFolder)).rejects.toMatchObject({ code: 'ENOENT' });
    const second = await start(folder);
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('listens on a socket only, in a folder that only its user can enter', async () => {
    const server = await start(join(parent, 'postgres'));
    expect(await query(server, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
    const { mode } = await stat(server.connection.socketFolder);
    expect((mode & 0o777).toString(8)).toBe('700');
    expect(Buffer.byteLength(join(server.connection.socketFolder, '.s.PGSQL.5432'))).toBeLessThanOrEqual(107);
  });

  test('joins the server that runs in the folder already, and the last one that stops ends it', async () => {
    const folder = join(parent, 'postgres');
    const first = await start(folder);
    const second = await start(folder);
    expect(second).toMatchObject({ shared: true, pid: first.pid, connection: first.connection });
    await second.stop();
    expect(isAlive(first.pid)).toBe(false);
  });

  test('is not stopped while another process is connected', async () => {
    const server = await start(join(parent, 'postgres'));
    const other = { ...server.connection, applicationName: 'retune 1' };
    const source = await createDataSource({ connection: other, poolSize: 1 }).initialize();
    await server.stop();
    expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await source.destroy();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  test('is still held by a service for which nothing happens', async () => {
    const server = await start(join(parent, 'postgres'));
    const source = await createDataSource({ connection: server.connection }).initialize();
    const { master: pool } = source.driver as unknown as { master: pg.Pool };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await Promise.all([1, 2, 3].map(() => source.query('SELECT 1')));
      expect(pool.totalCount).toBeGreaterThan(1);
      vi.advanceTimersByTime(3_600_000);
      expect(pool.totalCount).toBe(1);
    } finally {
      vi.useRealTimers();
    }
    await source.destroy();
  });

  test('starts once when many ask at the same moment', async () => {
    const folder = join(parent, 'postgres');
    const servers = await Promise.all([1, 2, 3, 4].map(() => start(folder)));
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    expect(servers.filter(({ shared }) => !shared)).toHaveLength(1);
    expect((await readdir(folder)).filter((name) => name.startsWith('initdb-'))).toEqual([]);
  });

  test('recovers after kill -9 of the server', async () => {
    const folder = join(parent, 'postgres');
    const first = await startEmbeddedPostgres({ folder });
    await query(first, 'CREATE TABLE kept AS SELECT 7 AS answer');
    process.kill(first.pid, 'SIGKILL');
    const second = await start(folder);
    expect(second).toMatchObject({ shared: false });
    expect(second.pid).not.toBe(first.pid);
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 7 }]);
    await expect(stat(first.connection.socketFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is not misled by a pid file whose number belongs to another program', async () => {
    const folder = join(parent, 'postgres');
    const first = await start(folder);
    const [{ data_directory: data }] = await query(first, 'SHOW data_directory');
    await first.stop();
    const pidFile = `${process.pid}\n${data}\n0\n5432\n${join(parent, 'nowhere')}\n\n`;
    await writeFile(join(String(data), 'postmaster.pid'), pidFile);
    expect((await start(folder)).shared).toBe(false);
  });

  test('makes way for a new server when its socket was cleaned away', async () => {
    const folder = join(parent, 'postgres');
    const first = await start(folder);
    await rm(first.connection.socketFolder, { recursive: true });
    const second = await start(folder);
    expect(second.shared).toBe(false);
    expect(second.pid).not.toBe(first.pid);
    expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('begins anew when an earlier initialisation was cut off', async () => {
    const folder = join(parent, 'postgres');
    await mkdir(join(folder, 'initdb-cutoff', 'base'), { recursive: true });
    expect(await query(await start(folder), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('refuses data of another major version and says what to do', async () => {
    const folder = join(parent, 'postgres');
    await mkdir(join(folder, 'data'), { recursive: true });
    await writeFile(join(folder, 'data', 'PG_VERSION'), '15\n');
    const error = await startEmbeddedPostgres({ folder }).catch((reason) => reason);
    expect(error).toBeInstanceOf(EmbeddedPostgresError);
    expect(error.message).toMatch(/version 15.*DATABASE_URL/);
  });

  test('says why the server does not come up, with the end of its log', async () => {
    const folder = join(parent, 'postgres');
    const first = await start(folder);
    const [{ data_directory: data }] = await query(first, 'SHOW data_directory');
    await first.stop();
    await writeFile(join(String(data), 'postgresql.auto.conf'), 'no_such_setting = 1\n');
    const failing = startEmbeddedPostgres({ folder, timeoutSeconds: 20 });
    await expect(failing).rejects.toThrow(/exited with 1.*no_such_setting/s);
  });

  test('works in a home that is closed to other users', async () => {
    await mkdir(join(parent, 'home'), { mode: 0o700 });
    const folder = join(parent, 'home', 'postgres');
    const first = await start(folder);
    await query(first, 'CREATE TABLE kept AS SELECT 9 AS answer');
    await first.stop();
    expect(await query(await start(folder), 'SELECT answer FROM kept')).toEqual([{ answer: 9 }]);
    expect(((await stat(join(parent, 'home'))).mode & 0o777).toString(8)).toBe('700');
  });
});
