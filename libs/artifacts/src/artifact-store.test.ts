import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArtifactCorruptError, ArtifactMissingError } from './artifact-errors.js';
import { ArtifactStore } from './artifact-store.js';

let root: string;
let store: ArtifactStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'artifact store '));
  store = new ArtifactStore(root);
});
afterEach(() => rm(root, { recursive: true }));

const bytes = Buffer.from('the trained tensors');
const sha256 = createHash('sha256').update(bytes).digest('hex');

test('ArtifactStore.put() returns the SHA-256 and length under which get() finds the bytes again', async () => {
  expect(await store.put(bytes)).toEqual({ sha256, bytes: bytes.byteLength });
  expect(Buffer.from(await store.get(sha256))).toEqual(bytes);
});

test('ArtifactStore.put() stores pieces as it stores the whole, and equal bytes once', async () => {
  async function* pieces() {
    yield bytes.subarray(0, 4);
    yield bytes.subarray(4);
  }
  const artifacts = await Promise.all([store.put(pieces()), store.put(bytes)]);
  expect(artifacts.map((artifact) => artifact.sha256)).toEqual([sha256, sha256]);
  expect(await readdir(join(root, 'sha256', sha256.slice(0, 2)))).toEqual([sha256.slice(2)]);
});

test('ArtifactStore.put() leaves nothing behind when the content fails half-way', async () => {
  async function* broken() {
    yield bytes;
    throw new Error('the sender went away');
  }
  await expect(store.put(broken())).rejects.toThrow('the sender went away');
  expect(await readdir(join(root, 'incoming'))).toEqual([]);
  expect(await store.has(sha256)).toBe(false);
});

test('ArtifactStore.get() and stream() refuse bytes that no longer have their hash', async () => {
  await store.put(bytes);
  await writeFile(store.path(sha256), 'somebody wrote here');
  await expect(store.get(sha256)).rejects.toThrow(ArtifactCorruptError);
  await expect(buffer(await store.stream(sha256))).rejects.toThrow(ArtifactCorruptError);
});

test('ArtifactStore.stream() gives the bytes, and names what is missing before it begins', async () => {
  await store.put(bytes);
  expect(await buffer(await store.stream(sha256))).toEqual(bytes);
  await store.remove(sha256);
  await expect(store.stream(sha256)).rejects.toThrow(ArtifactMissingError);
  await expect(store.get(sha256)).rejects.toThrow(ArtifactMissingError);
});

test('ArtifactStore.path() refuses anything that is no hash', () => {
  expect(() => store.path('../../etc/passwd')).toThrow('64 lower-case hexadecimal digits');
});
