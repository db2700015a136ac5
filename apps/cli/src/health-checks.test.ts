import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDatabase, checkDataFolder, checkDevices, checkMachine, checkNode } from './health-checks.js';

test('checkNode() wants what package.json asks for, and only warns of an early 24', () => {
  const states = (versions: string[]) => versions.map((version) => checkNode(version).state);
  expect(states(['18.20.0', '20.18.3', '21.7.0', '22.12.0', '23.11.0'])).toEqual(Array(5).fill('missing'));
  expect(states(['20.19.0', '22.13.0', '24.11.0', '24.21.0', '25.0.0'])).toEqual(Array(5).fill('ok'));
  expect(states(['24.0.0', '24.10.0'])).toEqual(['warning', 'warning']);
});

test('checkMachine() warns of little memory and never fails', () => {
  const states = checkMachine(1e9, 2).map(({ state, required }) => [state, required]);
  expect(states).toEqual([
    ['ok', true],
    ['warning', false],
  ]);
});

test('checkDevices() says what is known of each device, and warns of one that is there and does not work', () => {
  const device = { index: 0, driver: null, memoryBytes: null, threads: 8, works: true, problem: null, software: false };
  const checks = checkDevices({
    devices: [
      { ...device, class: 'cpu', name: 'EPYC', memoryBytes: 8e9 },
      { ...device, class: 'webgpu', name: 'no adapter', works: false, problem: 'No supported adapters' },
      { ...device, class: 'cuda', name: 'RTX 4090', memoryBytes: 24e9, driver: 'nvidia 550.54' },
      { ...device, class: 'cuda', index: 1, name: 'T4', works: false, problem: 'no cuDNN' },
    ],
    auto: ['cuda:0'],
    hints: ['npm run setup:cuda fetches the libraries'],
  });
  expect(checks.map(({ name, state, detail }) => [name, state, detail])).toEqual([
    ['Device cpu', 'ok', 'EPYC, 8.00 GB, 8 threads'],
    ['Device webgpu:0', 'ok', 'none (No supported adapters)'],
    ['Device cuda:0', 'ok', 'RTX 4090, 24.0 GB, driver nvidia 550.54'],
    ['Device cuda:1', 'warning', 'T4: no cuDNN'],
    ['Devices of a worker', 'ok', 'auto takes cuda:0; --devices and RETUNE_DEVICES name others'],
    ['CUDA', 'ok', 'npm run setup:cuda fetches the libraries (optional)'],
  ]);
  expect(checks.every(({ required }) => !required)).toBe(true);
});

test('checkDatabase() tells whether the server of DATABASE_URL answers', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const url = `postgres://u:secret@127.0.0.1:${port}/retune`;
  expect(await checkDatabase(url)).toMatchObject({ state: 'ok', detail: `127.0.0.1:${port} answers` });
  await new Promise((resolve) => server.close(resolve));
  const gone = await checkDatabase(url);
  expect(gone).toMatchObject({ state: 'missing', required: true });
  expect(gone.detail).not.toContain('secret');
});

test('checkDataFolder() weighs what is there, makes nothing, and fails where nothing can be made', () => {
  const root = mkdtempSync(join(tmpdir(), 'retune-doctor-'));
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a', 'b'), 'x'.repeat(1500));
  expect(checkDataFolder(root).detail).toContain('holds 1.50 kB');
  expect(checkDataFolder(join(root, 'new', 'data'))).toMatchObject({ state: 'ok' });
  expect(readdirSync(root)).toEqual(['a']);
  expect(checkDataFolder(join(root, 'a', 'b', 'data')).state).toBe('missing');
  rmSync(root, { recursive: true });
});
