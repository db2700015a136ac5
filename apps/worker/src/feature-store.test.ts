import { mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#primitives';
import { type ComputedFeatures, FeatureStore } from './feature-store.js';
import { defaultFeatureBytes } from './shrink-folder.js';

const fresh = (limitBytes = defaultFeatureBytes) =>
  new FeatureStore(mkdtempSync(join(tmpdir(), 'retune-store-')), limitBytes, systemClock);

/** Features [2, 3] of some pictures; `first` makes their numbers. */
function features(images: readonly string[], first: number, seconds = 60): ComputedFeatures {
  const values = Float32Array.from({ length: images.length * 6 }, (_, index) => first + index / 7);
  return { images, shape: [2, 3], values, seconds };
}

async function found(store: FeatureStore, key: string, images: readonly string[]) {
  const rows = new Map<number, { row: number[]; seconds: number }>();
  await store.read(key, images, (index, row, shape, seconds) => {
    expect(shape).toEqual([2, 3]);
    rows.set(index, { row: [...row], seconds });
  });
  return rows;
}

test('FeatureStore keeps halves as such, in half the bytes', async () => {
  const store = fresh();
  const whole = features(['a', 'b'], 1);
  await store.write('key', whole);
  const halves = Uint16Array.from({ length: 12 }, (_, index) => 0x3c00 + index);
  await store.write('halves', { ...whole, values: halves });
  const rows: unknown[] = [];
  await store.read('halves', ['b'], (_, row) => rows.push(row));
  expect(rows).toEqual([halves.subarray(6)]);
  const [bytes, fewer] = ['key', 'halves'].map((key) => readFileSync(segments(store, key)[0] as string).length);
  const header = ',"dtype":"fp16"'.length;
  expect((bytes as number) - (fewer as number)).toBe(12 * 2 - header);
});

function segments(store: FeatureStore, key: string): string[] {
  return readdirSync(join(store.folder, key)).map((name) => join(store.folder, key, name));
}

test('FeatureStore.read() gives back rows bit for bit, in whatever order and company they are asked for', async () => {
  const store = fresh();
  const [old, added] = [features(['a', 'b', 'c'], 1), features(['d'], 50, 8)];
  await store.write('key', old);
  await store.write('key', added);
  const rows = await found(store, 'key', ['d', 'x', 'b', 'd']);
  expect(rows).toEqual(
    new Map([
      [0, { row: [...added.values], seconds: 8 }],
      [2, { row: [...old.values.subarray(6, 12)], seconds: 20 }],
      [3, { row: [...added.values], seconds: 8 }],
    ]),
  );
  expect(await found(store, 'other key', ['a'])).toEqual(new Map());
  expect(readdirSync(store.folder)).toEqual(['key']);
});

test('FeatureStore.read() takes a damaged or short segment as absent and removes it', async () => {
  for (const damage of [3, 40, -1, 'short'] as const) {
    const store = fresh();
    await store.write('key', features(['a', 'b'], 1));
    const [file] = segments(store, 'key') as [string];
    const bytes = readFileSync(file);
    if (damage === 'short') writeFileSync(file, bytes.subarray(0, -4));
    else {
      const at = damage < 0 ? bytes.length + damage : damage;
      bytes[at] = (bytes[at] as number) ^ 1;
      writeFileSync(file, bytes);
    }
    expect(await found(store, 'key', ['a', 'b']), String(damage)).toEqual(new Map());
    expect(segments(store, 'key')).toEqual([]);
  }
});

test('FeatureStore.write() of several processes at once leaves one whole segment and nothing unfinished', async () => {
  const store = fresh();
  await Promise.all(Array.from({ length: 8 }, () => store.write('key', features(['a', 'b'], 1))));
  expect(segments(store, 'key')).toHaveLength(1);
  expect(readdirSync(store.folder)).toEqual(['key']);
  expect((await found(store, 'key', ['a', 'b'])).size).toBe(2);
});

test('FeatureStore.write() removes what was not used for longest once there is too much', async () => {
  const store = fresh(300);
  const day = (ago: number) => new Date(systemClock.now() - ago * 86_400_000);
  await store.write('used', features(['a', 'b'], 1));
  await store.write('unused', features(['c', 'd'], 1));
  for (const key of ['used', 'unused']) for (const file of segments(store, key)) utimesSync(file, day(3), day(3));
  await found(store, 'used', ['a']);
  await store.write('new', features(['e', 'f'], 1));
  expect((await found(store, 'used', ['a'])).size).toBe(1);
  expect((await found(store, 'new', ['e'])).size).toBe(1);
  expect(await found(store, 'unused', ['c'])).toEqual(new Map());
});

test('FeatureStore.write() keeps nothing that was computed faster than it is written, and remembers that for a week', async () => {
  let ms = 0;
  const slow = { now: systemClock.now, monotonicMs: () => (ms += 2000) };
  const store = new FeatureStore(mkdtempSync(join(tmpdir(), 'retune-store-')), defaultFeatureBytes, slow);
  await store.write('key', features(['a'], 1, 1));
  expect(segments(store, 'key').map((file) => file.split('/').at(-1))).toEqual(['does-not-pay.json']);
  expect(await store.pays('key')).toBe(false);
  await store.write('key', features(['a'], 1));
  expect(await found(store, 'key', ['a'])).toEqual(new Map());
  const [marker] = segments(store, 'key') as [string];
  const old = new Date(systemClock.now() - 8 * 86_400_000);
  utimesSync(marker, old, old);
  await store.write('key', features(['a'], 1));
  expect((await found(store, 'key', ['a'])).size).toBe(1);
});

test('FeatureStore.write() does not fail where nothing can be written', async () => {
  const store = fresh();
  mkdirSync(join(store.folder, 'a folder'));
  writeFileSync(join(store.folder, 'key'), 'a file in its place');
  await store.write('key', features(['a'], 1));
  expect(await found(store, 'key', ['a'])).toEqual(new Map());
});
