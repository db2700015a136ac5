import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workerToken } from './worker-token.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retune-token-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('workerToken() makes a token of 32 random bytes once, for the owner only', async () => {
  const tokens = await Promise.all([workerToken(folder, null), workerToken(folder, null), workerToken(folder, null)]);
  expect(new Set(tokens).size).toBe(1);
  expect(Buffer.from(tokens[0], 'base64url')).toHaveLength(32);
  expect((await stat(join(folder, 'worker-token'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['worker-token']);
  expect(await workerToken(folder, null)).toBe(tokens[0]);
});

test('workerToken() prefers the token that is given and writes nothing', async () => {
  expect(await workerToken(folder, 'a-token-of-our-own')).toBe('a-token-of-our-own');
  expect(await readdir(folder)).toEqual([]);
});

test('workerToken() refuses a file that holds next to nothing', async () => {
  await writeFile(join(folder, 'worker-token'), 'abc\n');
  await expect(workerToken(folder, null)).rejects.toThrow('fewer than 16 characters');
});
