import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPostgresAlive, readPostmaster, removeStalePidFile } from './postmaster.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postmaster-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('readPostmaster() reads pid, port and socket folder', async () => {
  await writeFile(join(folder, 'postmaster.pid'), '4711\n/data\n1700000000\n5432\n/tmp/retune-pg-x\n\n  1 2\nready\n');
  expect(await readPostmaster(folder)).toEqual({ pid: 4711, port: 5432, socketFolder: '/tmp/retune-pg-x' });
});

test('readPostmaster() gives the pid alone of a file that is still being written, and null for none', async () => {
  expect(await readPostmaster(folder)).toBeNull();
  await writeFile(join(folder, 'postmaster.pid'), '');
  expect(await readPostmaster(folder)).toBeNull();
  await writeFile(join(folder, 'postmaster.pid'), '4711\n/data\n1700000000\n');
  expect(await readPostmaster(folder)).toEqual({ pid: 4711 });
});

test('removeStalePidFile() takes the file of the dead server, never one that another has written since', async () => {
  const file = join(folder, 'postmaster.pid');
  await writeFile(file, '4712\n/data\n1700000000\n5432\n/tmp/retune-pg-y\n');
  await removeStalePidFile(folder, 4711);
  expect(await readFile(file, 'utf8')).toMatch(/^4712/);
  await removeStalePidFile(folder, 4712);
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  await removeStalePidFile(folder, 4712);
});

test('isPostgresAlive() is false for another program, and for a process that has ended', async () => {
  expect(await isPostgresAlive(process.pid)).toBe(false);
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  expect(await isPostgresAlive(child.pid as number)).toBe(false);
});
