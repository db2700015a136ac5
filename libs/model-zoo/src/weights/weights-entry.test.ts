import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from './repository-root.js';
import { formatWeightsIndex, parseWeightsIndex, type WeightsEntry } from './weights-entry.js';
import { WeightsFileError } from './weights-file-error.js';

const entry: WeightsEntry = {
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

test('parseWeightsIndex() takes imported weights: labels by set or unknown, an origin, no top-1', () => {
  const origin = { from: 'resnet18-f37072fd.pth', sha256: '1'.repeat(64) };
  const published: WeightsEntry = { ...entry, name: 'published', classes: 1000, labels: 'imagenet-1k', origin };
  const unknown: WeightsEntry = { ...entry, name: 'unknown', labels: null, top1Accuracy: null, origin };
  expect(parseWeightsIndex(formatWeightsIndex([published, unknown]))).toEqual([published, unknown]);
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
  ['labels', 'imagenet-1k'],
  ['labels', undefined],
  ['name', 'up/../up'],
  ['origin', { from: 'x.pth' }],
  ['origin', null],
  ['imageSpec', { resize: 73 }],
  ['top1Accuracy', 93],
  ['licence', undefined],
])('parseWeightsIndex() refuses %s %j and names the field', (field, value) => {
  const text = formatWeightsIndex([entry, { ...entry, name: 'second', [field]: value } as WeightsEntry]);
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

test('repositoryRoot() finds the package named retune from any depth, and says when there is none', () => {
  const root = repositoryRoot();
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name).toBe('retune');
  expect(repositoryRoot(join(root, 'dist', 'libs', 'model-zoo', 'src', 'weights'))).toBe(root);
  expect(repositoryRoot(join(root, 'node_modules', 'typescript', 'lib'))).toBe(root);
  expect(() => repositoryRoot('/')).toThrow('Cannot find the package.json of retune above /');
});
