import { expect, test } from 'vitest';
import { publishedWeights, recognizePublished } from './published-weights.js';
import { isWeightsName } from './weights-entry.js';

test('publishedWeights lists every checkpoint once, under a name that weights may have', () => {
  const names = publishedWeights.map(({ name }) => name);
  expect(names).toHaveLength(24);
  expect(new Set(names).size).toBe(24);
  expect(names.every(isWeightsName)).toBe(true);
  expect(names).toEqual(expect.arrayContaining(['vgg16_bn-imagenet1k-v1', 'resnet50-imagenet1k-v2']));
});

test('recognizePublished() knows a file by its name, or by the beginning of its SHA-256', () => {
  expect(recognizePublished({ name: 'resnet18-f37072fd.pth' })?.name).toBe('resnet18-imagenet1k-v1');
  const sha256 = `f37072fd${'0'.repeat(56)}`;
  expect(recognizePublished({ name: 'renamed.bin', sha256 })?.name).toBe('resnet18-imagenet1k-v1');
  expect(recognizePublished({ name: 'resnet18.pth', sha256: 'a'.repeat(64) })).toBeUndefined();
});
