import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { repositoryRoot } from './repository-root.js';
import { WeightsFileError } from './weights-file-error.js';
import {
  type BundledWeights,
  bundledWeights,
  bundledWeightsFolder,
  formatWeightsIndex,
  parseWeightsIndex,
} from './weights-index.js';

const entry: BundledWeights = {
  name: 'resnet18-shapes',
  architecture: 'resnet18',
  file: 'resnet18-shapes.safetensors',
  sha256: '0'.repeat(64),
  bytes: 22_000_000,
  licence: 'MIT',
  classes: 2,
  labels: ['circle', 'square'],
  imageSize: 64,
  imageSpec: { resize: 73, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  source: 'drawn circles and squares',
  top1Accuracy: 0.93,
  recipe: 'seed 1, 10 epochs',
};

test('parseWeightsIndex() reads what formatWeightsIndex() writes, sorted by name', () => {
  const other = { ...entry, name: 'alexnet-shapes', architecture: 'alexnet' };
  expect(parseWeightsIndex(formatWeightsIndex([entry, other]))).toEqual([other, entry]);
});

test.each([
  ['architecture', 'resnet9'],
  ['file', '../secret.safetensors'],
  ['file', '/etc/x.safetensors'],
  ['file', 'weights.pth'],
  ['sha256', 'ABC'],
  ['bytes', 0],
  ['classes', 1],
  ['labels', ['circle']],
  ['imageSpec', { resize: 73 }],
  ['top1Accuracy', 93],
  ['licence', undefined],
])('parseWeightsIndex() refuses %s %j and names the field', (field, value) => {
  const text = formatWeightsIndex([entry, { ...entry, name: 'second', [field]: value } as BundledWeights]);
  expect(() => parseWeightsIndex(text)).toThrow(WeightsFileError);
  expect(() => parseWeightsIndex(text)).toThrow(`weights[1].${field} is`);
});

test('parseWeightsIndex() refuses equal names, other versions and text that is not JSON', () => {
  expect(() => parseWeightsIndex(formatWeightsIndex([entry, entry]))).toThrow('occurs twice');
  expect(() => parseWeightsIndex('{"version":2,"weights":[]}')).toThrow('version and weights must be 1');
  expect(() => parseWeightsIndex('null')).toThrow('version and weights must be 1');
  expect(() => parseWeightsIndex('{')).toThrow('it is not JSON');
  expect(() => parseWeightsIndex('{"version":1,"weights":[null]}')).toThrow('weights[0].name is undefined');
});

test('bundledWeights() reads the index that is shipped, and no index as none', () => {
  const shipped = parseWeightsIndex(readFileSync(join(bundledWeightsFolder(), 'index.json'), 'utf8'));
  expect(bundledWeights()).toEqual(shipped);
  expect(bundledWeights('resnet18')).toEqual(shipped.filter(({ architecture }) => architecture === 'resnet18'));
  expect(bundledWeights(undefined, dirname(fileURLToPath(import.meta.url)))).toEqual([]);
});

test('repositoryRoot() finds the package named retune from any depth, and says when there is none', () => {
  const root = repositoryRoot();
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name).toBe('retune');
  expect(repositoryRoot(join(root, 'dist', 'libs', 'model-zoo', 'src', 'weights'))).toBe(root);
  expect(repositoryRoot(join(root, 'node_modules', 'typescript', 'lib'))).toBe(root);
  expect(() => repositoryRoot('/')).toThrow('Cannot find the package.json of retune above /');
});
