import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CachedTensors, FeatureCache } from './feature-cache.js';

const features: CachedTensors = {
  tensors: [
    { name: 'train', shape: [2, 3], data: Float32Array.from([1, -2, 0.1, 4, 5, 6]) },
    { name: 'validation', shape: [1, 3], data: Float32Array.from([7, 8, Number.MIN_VALUE]) },
  ],
  trainSeconds: 1.25,
  evaluationSeconds: 0.25,
};
const fresh = () => new FeatureCache(mkdtempSync(join(tmpdir(), 'retune-features-')));

test('FeatureCache.read() gives back what was written, bit for bit', async () => {
  const cache = fresh();
  const key = FeatureCache.key(['weights', 'cut']);
  expect(await cache.read(key)).toBeNull();
  await cache.write(key, features);
  expect(await cache.read(key)).toEqual(features);
  expect(await cache.read(FeatureCache.key(['weights', 'other cut']))).toBeNull();
  expect(readdirSync(cache.folder)).toEqual([`${key}.features`]);
});

test('FeatureCache.read() takes a damaged, short or foreign file as absent', async () => {
  const cache = fresh();
  const key = FeatureCache.key('a');
  await cache.write(key, features);
  const file = join(cache.folder, `${key}.features`);
  const whole = readFileSync(file);
  for (const at of [0, 20, whole.length - 30, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] as number) ^ 1;
    writeFileSync(file, damaged);
    expect(await cache.read(key), `byte ${at}`).toBeNull();
  }
  writeFileSync(file, whole.subarray(0, whole.length - 4));
  expect(await cache.read(key)).toBeNull();
  writeFileSync(join(cache.folder, `${FeatureCache.key('b')}.features`), whole);
  expect(await cache.read(FeatureCache.key('b'))).toBeNull();
});

test('FeatureCache.write() does not fail where nothing can be written', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'retune-features-')), 'file');
  writeFileSync(file, '');
  await new FeatureCache(file).write(FeatureCache.key('a'), features);
  expect(await new FeatureCache(file).read(FeatureCache.key('a'))).toBeNull();
});
