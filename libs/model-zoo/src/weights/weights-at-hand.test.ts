import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  bundledWeightsFolder,
  findWeights,
  imagenetLabels,
  indexedWeights,
  labelsOf,
  readWeightsIndex,
  UnknownWeightsError,
  weightsAtHand,
} from './weights-at-hand.js';
import { formatWeightsIndex, parseWeightsIndex, type WeightsEntry } from './weights-entry.js';
import { WeightsFileError } from './weights-file-error.js';

const imported = mkdtempSync(join(tmpdir(), 'retune-at-hand-'));
afterAll(() => rmSync(imported, { recursive: true }));

const shipped = parseWeightsIndex(readFileSync(join(bundledWeightsFolder(), 'index.json'), 'utf8'));
const entry = (name: string): WeightsEntry => ({
  ...shipped[0],
  architecture: 'resnet18',
  name,
  file: `${name}.safetensors`,
});

test('readWeightsIndex() reads the index that is shipped, no index as none, and refuses a broken one', () => {
  expect(readWeightsIndex(bundledWeightsFolder())).toEqual(shipped);
  expect(readWeightsIndex(join(imported, 'nowhere'))).toEqual([]);
  const broken = mkdtempSync(join(imported, 'broken-'));
  writeFileSync(join(broken, 'index.json'), '{');
  expect(() => weightsAtHand({ imported: broken })).toThrow(WeightsFileError);
});

test('weightsAtHand() puts ImageNet’s V1 first, then imported, then bundled ones, and leaves out lost files', () => {
  const names = ['resnet18-imagenet1k-v2', 'resnet18-imagenet1k-v1', 'lost'];
  writeFileSync(join(imported, 'index.json'), formatWeightsIndex(names.map(entry)));
  for (const name of names.slice(0, 2)) writeFileSync(join(imported, `${name}.safetensors`), '');
  const resnets = weightsAtHand({ imported }).filter(({ architecture }) => architecture === 'resnet18');
  expect(resnets.map(({ name, bundled }) => [name, bundled])).toEqual([
    ['resnet18-imagenet1k-v1', false],
    ['resnet18-imagenet1k-v2', false],
    ['resnet18-drawn-v1', true],
  ]);
  expect(resnets[0].path).toBe(join(imported, 'resnet18-imagenet1k-v1.safetensors'));
  expect(indexedWeights({ imported }).map(({ name }) => name)).toContain('lost');
});

test('findWeights() names what is at hand where a name is unknown', () => {
  const atHand = weightsAtHand();
  expect(findWeights('resnet18-drawn-v1', atHand).architecture).toBe('resnet18');
  expect(() => findWeights('resnet18-drawn-v9', atHand)).toThrow(UnknownWeightsError);
  expect(() => findWeights('x', atHand)).toThrow(
    'at hand are alexnet-drawn-v1, resnet18-drawn-v1, squeezenet1_1-drawn-v1',
  );
});

test('labelsOf() knows ImageNet’s names, those of the entry, and numbers where nobody said', () => {
  expect(imagenetLabels()).toHaveLength(1000);
  expect(new Set(imagenetLabels()).size).toBe(1000);
  const labels = labelsOf({ labels: 'imagenet-1k', classes: 1000 });
  expect([labels[0], labels[207], labels[999]]).toEqual(['tench', 'golden retriever', 'toilet tissue']);
  expect(labelsOf({ labels: ['a', 'b'], classes: 2 })).toEqual(['a', 'b']);
  expect(labelsOf({ labels: null, classes: 2 })).toEqual(['class 0', 'class 1']);
});
