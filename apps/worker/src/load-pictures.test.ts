import { expect, test } from 'vitest';
import { DatasetTooLargeError, requireMemory } from './load-pictures.js';

test('requireMemory() refuses pictures that do not fit, with the number that would', () => {
  expect(() => requireMemory(24_000, 224, 25e9)).not.toThrow();
  expect(() => requireMemory(30_000, 224, 25e9)).toThrow(DatasetTooLargeError);
  expect(() => requireMemory(30_000, 224, 25e9)).toThrow(
    'Cannot train on 30000 pictures at training.imageSize 224: prepared they take 22.6 GB of memory, this machine has ' +
      '18.8 GB for them, enough for 24912 pictures of that size',
  );
});
