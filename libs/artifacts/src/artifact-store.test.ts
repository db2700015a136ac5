import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArtifactCorruptError, ArtifactMissingError } from './artifact-errors.js';
import { ArtifactStore } from './artifact-store.js';

const bytes = Buffer.from('the trained tensors');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let folder: string;
let root: string;
let store: ArtifactStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifact store '));
  root = join(folder, 'artifacts');
  store = new ArtifactStore(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* pieces(count: number, failAt = -1): AsyncGenerator<Buffer> {
  for (let index = 0; index < count; index++) {
    if (index === failAt) throw new Error('the sender went away');
    yield Buffer.alloc(64 * 1024, index);
  }
}

describe('ArtifactStore.put()', () => {
  test('names bytes by their SHA-256 and puts them where path() says', async () => {
    expect(await store.put(bytes)).toEqual({ sha256, bytes: bytes.byteLength });
    expect(store.path(sha256)).toBe(join(root, 'sha256', sha256.slice(0, 2), sha256.slice(2)));
    expect(await readFile(store.path(sha256))).toEqual(bytes);
  });

  test('takes a stream and a file, and gives both the name of their content', async () => {
    const whole = await collect(pieces(40));
    const streamed = await store.put(pieces(40));
    expect(streamed).toEqual(await store.put(whole));
    const path = join(folder, 'a file');
    await writeFile(path, whole);
    expect(await store.putFile(path)).toEqual(streamed);
    expect(whole.equals(await store.get(streamed.sha256))).toBe(true);
  });

  test('leaves neither a blob nor a draft when the source fails', async () => {
    await expect(store.put(pieces(10, 5))).rejects.toThrow('the sender went away');
    expect(await readdir(root, { recursive: true })).toEqual(['incoming']);
  });

  test('mends a damaged blob', async () => {
    await store.put(bytes);
    await writeFile(store.path(sha256), 'the trained tensorz');
    await store.put(bytes);
    expect(Buffer.from(await store.get(sha256))).toEqual(bytes);
  });

  test('is safe when several writers store the same content at once', async () => {
    const stored = await Promise.all(Array.from({ length: 8 }, () => store.put(pieces(4))));
    expect(new Set(stored.map((entry) => entry.sha256)).size).toBe(1);
    expect((await store.get(stored[0].sha256)).byteLength).toBe(4 * 64 * 1024);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  test('stores the empty blob', async () => {
    const { sha256: empty } = await store.put(new Uint8Array());
    expect(await store.get(empty)).toHaveLength(0);
    expect(await collect(await store.stream(empty))).toHaveLength(0);
  });
});

describe('ArtifactStore.get() and stream()', () => {
  test('refuse a hash under which nothing is stored', async () => {
    await expect(store.get(sha256)).rejects.toThrow(ArtifactMissingError);
    await expect(store.stream(sha256)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING', sha256 });
  });

  test('give the content in order', async () => {
    const stored = await store.put(pieces(33));
    const received = await collect(await store.stream(stored.sha256));
    expect(received.equals(await collect(pieces(33)))).toBe(true);
  });

  test.each(['a flipped bit', 'a lost end'])('refuse %s, and the stream never delivers everything', async (damage) => {
    const stored = await store.put(pieces(5));
    const path = store.path(stored.sha256);
    if (damage === 'a lost end') await truncate(path, stored.bytes - 1);
    else {
      const content = await readFile(path);
      content[stored.bytes >> 1] ^= 1;
      await writeFile(path, content);
    }
    await expect(store.get(stored.sha256)).rejects.toThrow(ArtifactCorruptError);
    let received = 0;
    const reading = (async () => {
      for await (const piece of await store.stream(stored.sha256)) received += (piece as Buffer).byteLength;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT', sha256: stored.sha256 });
    expect(received).toBeLessThan(stored.bytes - 1);
  });
});

test('ArtifactStore.has(), size() and remove() follow the blob', async () => {
  expect([await store.has(sha256), await store.size(sha256)]).toEqual([false, null]);
  await store.put(bytes);
  expect([await store.has(sha256), await store.size(sha256)]).toEqual([true, bytes.byteLength]);
  await store.remove(sha256);
  await store.remove(sha256);
  expect(await store.has(sha256)).toBe(false);
});

test.each(['', '../../etc/passwd', sha256.toUpperCase(), `${sha256}0`])('ArtifactStore.path() refuses %j', (name) => {
  expect(() => store.path(name)).toThrow(TypeError);
});

describe('ArtifactStore.collect()', () => {
  const hour = 3_600_000;
  /** Makes the blob look as if it had been put an hour ago; returns a time between then and now. */
  async function age(name = sha256): Promise<number> {
    const { mtimeMs } = await stat(join(root, 'collectable', name));
    await utimes(join(root, 'collectable', name), new Date(mtimeMs - hour), new Date(mtimeMs - hour));
    return mtimeMs - hour / 2;
  }
  async function listed(): Promise<string[]> {
    const names: string[] = [];
    for await (const piece of store.collectable()) names.push(...piece);
    return names;
  }

  test('deletes a collectable blob that was put long ago, once', async () => {
    await store.put(bytes, { collectable: true });
    expect(await listed()).toEqual([sha256]);
    const before = await age();
    expect(await store.collect(sha256, before)).toBe(true);
    expect([await store.has(sha256), await listed(), await readdir(join(root, 'incoming'))]).toEqual([false, [], []]);
    expect(await store.collect(sha256, before)).toBe(false);
  });

  test('leaves what was put lately, also what was there already', async () => {
    await store.put(bytes, { collectable: true });
    const before = await age();
    await store.put(bytes, { collectable: true });
    expect(await store.collect(sha256, before)).toBe(false);
    expect(await store.get(sha256)).toEqual(bytes);
  });

  test('leaves what is not collectable, and lists none of it', async () => {
    await store.put(bytes);
    expect(await store.collect(sha256, Number.POSITIVE_INFINITY)).toBe(false);
    expect([await store.has(sha256), await listed()]).toEqual([true, []]);
  });

  test('never takes a blob from who puts equal bytes at the same moment', async () => {
    for (let round = 0; round < 40; round++) {
      await store.put(bytes, { collectable: true });
      const before = await age();
      await Promise.all([store.put(bytes, { collectable: true }), store.collect(sha256, before)]);
      expect(await store.has(sha256), `round ${round}`).toBe(true);
    }
  });

  test('lists what was put in pieces, and refuses what is no name', async () => {
    const { sha256: name } = await store.put(pieces(2), { collectable: true });
    expect(await listed()).toEqual([name]);
    await expect(store.collect('../escape', 0)).rejects.toThrow(TypeError);
  });
});
