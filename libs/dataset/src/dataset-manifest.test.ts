import { expect, test } from 'vitest';
import {
  countImages,
  type DatasetManifest,
  parseManifest,
  serializeManifest,
  versionHash,
} from './dataset-manifest.js';

const manifest: DatasetManifest = {
  formatVersion: 1,
  name: 'insects',
  classes: ['ants', 'bees'],
  images: [
    {
      path: 'ants/1.jpg',
      sha256: 'a'.repeat(64),
      bytes: 10,
      width: 4,
      height: 3,
      format: 'jpeg',
      classIndex: 0,
      split: 'train',
    },
    {
      path: 'bees/ü.png',
      sha256: 'b'.repeat(64),
      bytes: 20,
      width: 5,
      height: 6,
      format: 'png',
      classIndex: 1,
      split: 'validation',
    },
  ],
  rejected: [{ path: 'ants/2.jpg', reason: 'the file is empty' }],
  split: 'seeded',
  seed: 7,
  validationFraction: 0.25,
};

test('parseManifest() gives back what serializeManifest() wrote', () => {
  expect(parseManifest(serializeManifest(manifest))).toEqual(manifest);
});

test('serializeManifest() writes equal bytes for equal content in another order of keys', () => {
  const { name, images, ...rest } = manifest;
  const turned = images.map((image) => Object.fromEntries(Object.entries(image).reverse()));
  expect(serializeManifest({ images: turned, ...rest, name } as unknown as DatasetManifest)).toBe(
    serializeManifest(manifest),
  );
});

test('versionHash() depends on the content and not on the name', () => {
  expect(versionHash(manifest)).toMatch(/^[0-9a-f]{64}$/);
  expect(versionHash({ ...manifest, name: 'other' })).toBe(versionHash(manifest));
  expect(versionHash({ ...manifest, seed: 8 })).not.toBe(versionHash(manifest));
  expect(versionHash({ ...manifest, images: manifest.images.slice(1) })).not.toBe(versionHash(manifest));
});

test('countImages() counts per class and split', () => {
  expect(countImages(manifest)).toEqual([
    { name: 'ants', train: 1, validation: 0, test: 0 },
    { name: 'bees', train: 0, validation: 1, test: 0 },
  ]);
});

test.each([
  ['no JSON', '{', 'the text must be JSON'],
  ['an array', '[]', 'the manifest must be an object'],
  ['another format', { formatVersion: 2 }, 'formatVersion must be 1'],
  ['unsorted classes', { classes: ['bees', 'ants'] }, 'classes must be in ascending order'],
  ['one class', { classes: ['ants'] }, 'classes must be at least 2 names'],
  ['a path out of the folder', { images: [{ ...manifest.images[0], path: '../x.jpg' }] }, 'images[0].path must be'],
  [
    'an unknown label',
    { images: [{ ...manifest.images[0], classIndex: 2 }] },
    'images[0].classIndex must be an integer in [0, 2)',
  ],
  ['a short hash', { images: [{ ...manifest.images[0], sha256: 'ab' }] }, 'images[0].sha256 must be 64'],
  ['an unknown format', { images: [{ ...manifest.images[0], format: 'gif' }] }, 'images[0].format must be one of jpeg'],
  ['images out of order', { images: [...manifest.images].reverse() }, 'images must be in ascending order'],
  ['a seed where folders decide', { split: 'folders' }, 'seed must be null'],
  ['a fraction of 1', { validationFraction: 1 }, 'validationFraction must be a number in (0, 1)'],
  ['a refusal without a reason', { rejected: [{ path: 'a' }] }, 'rejected[0].reason must be'],
])('parseManifest() refuses %s and says what was expected', (_case, change, message) => {
  const text = typeof change === 'string' ? change : JSON.stringify({ ...manifest, ...change });
  expect(() => parseManifest(text)).toThrow(`Cannot read the manifest: ${message}`);
});
