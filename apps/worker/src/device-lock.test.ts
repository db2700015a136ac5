import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DeviceBusyError, lockDevice } from './device-lock.js';

const fresh = () => mkdtempSync(join(tmpdir(), 'retune-lock-'));
const only = (folder: string) =>
  join(folder, readdirSync(folder).filter((name) => name.endsWith('.lock'))[0] as string);

test('lockDevice() refuses a second worker and names the first', async () => {
  const folder = fresh();
  const lock = await lockDevice(folder, 'cpu', 'w1');
  const error = await lockDevice(folder, 'cpu', 'w2').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeviceBusyError);
  expect((error as Error).message).toContain(`worker w1 (process ${process.pid}) already uses it`);
  await lock.release();
  await (await lockDevice(folder, 'cpu', 'w2')).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('lockDevice() gives each device of a class to a worker of its own', async () => {
  const folder = fresh();
  const locks = [];
  for (const device of ['cpu', 'webgpu:0', 'cuda:0', 'cuda:1']) locks.push(await lockDevice(folder, device, device));
  const error = await lockDevice(folder, 'cuda:1', 'late').catch((thrown: unknown) => thrown);
  expect((error as Error).message).toContain('Cannot use device cuda:1: worker cuda:1');
  await locks[3]?.release();
  await (await lockDevice(folder, 'cuda:1', 'late')).release();
  for (const lock of locks) await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('lockDevice() takes over from a dead process, a recycled pid and a damaged file', async () => {
  const folder = fresh();
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const taken = await lockDevice(folder, 'cpu', 'w1');
  const file = only(folder);
  for (const left of [
    JSON.stringify({ pid: dead.pid, startedTicks: null, worker: 'dead' }),
    JSON.stringify({ pid: process.pid, startedTicks: '1', worker: 'recycled' }),
    '{"pid":',
  ]) {
    writeFileSync(file, left);
    const lock = await lockDevice(folder, 'cpu', 'w2');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, worker: 'w2' });
    await lock.release();
  }
  await taken.release();
});

test('lockDevice() gives the device to exactly one of many that find a stale lock', async () => {
  const folder = fresh();
  const first = await lockDevice(folder, 'cpu', 'w0');
  const file = only(folder);
  await first.release();
  for (let round = 0; round < 20; round++) {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedTicks: '1', worker: 'stale' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => lockDevice(folder, 'cpu', `w${n}`)));
    const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(locks.length).toBe(1);
    await locks[0]?.release();
  }
});
