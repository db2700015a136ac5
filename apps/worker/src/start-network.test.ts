import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findCard, formatWeightsIndex } from '#model-zoo';
import { buildNetwork, initialTensors, saveWeights } from '#model-zoo/networks';
import { hashTensors } from './checkpoint.js';
import { countParameters } from './profile-network.js';
import { NoWeightsError, startNetwork } from './start-network.js';

const architecture = 'squeezenet1_1';
let folder: string;
const source = buildNetwork(architecture, { classes: 9, imageSize: 64 });
const pretrained = initialTensors(source, 99);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune-start-'));
  const bytes = saveWeights(source, pretrained);
  writeFileSync(join(folder, 'w.safetensors'), bytes);
  const { mean, std } = findCard(architecture).imageSpec;
  const entry = {
    name: 'w',
    architecture,
    file: 'w.safetensors',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    licence: 'MIT',
    classes: 9,
    labels: [...'abcdefghi'],
    imageSize: 64,
    imageSpec: { resize: 64, crop: 64, mean, std },
    source: 'a seeded state',
    top1Accuracy: 0,
    recipe: 'none',
  };
  writeFileSync(join(folder, 'index.json'), formatWeightsIndex([entry]));
});

const options = (retrainDepth: 'shallow' | 'partial' | 'deep' | 'scratch', seed = 1, classes = ['x', 'y', 'z']) => ({
  parameters: { architecture, retrainDepth },
  training: { imageSize: 64 },
  dataset: { classes },
  seed,
});
const isHead = ({ name }: { name: string }) => name.startsWith('classifier.1.');

test('startNetwork() keeps the pretrained body and makes a head as wide as there are classes from the seed', () => {
  for (const depth of ['shallow', 'partial', 'deep'] as const) {
    const { network, tensors, weights, image } = startNetwork(options(depth), folder);
    expect(hashTensors(tensors.filter((one) => !isHead(one)))).toBe(
      hashTensors(pretrained.filter((one) => !isHead(one))),
    );
    expect(tensors.find(({ name }) => name === 'classifier.1.weight')?.shape).toEqual([1, 1, 512, 3]);
    expect(network.classes).toBe(3);
    expect(weights?.name).toBe('w');
    expect(image).toMatchObject({ resize: 64, crop: 64 });
  }
  const hashes = [1, 1, 2].map((seed) => hashTensors(startNetwork(options('deep', seed), folder).tensors));
  expect(hashes[0]).toBe(hashes[1]);
  expect(hashes[0]).not.toBe(hashes[2]);
});

test('startNetwork() gives scratch its seeded state, whatever weights there are', () => {
  const { network, tensors, weights } = startNetwork(options('scratch', 5), folder);
  expect(weights).toBeNull();
  expect(hashTensors(tensors)).toBe(hashTensors(initialTensors(network, 5)));
});

test('startNetwork() names the architecture that has no weights, and wants none for scratch', () => {
  const empty = mkdtempSync(join(tmpdir(), 'retune-start-'));
  expect(() => startNetwork(options('partial'), empty)).toThrow(NoWeightsError);
  expect(() => startNetwork(options('partial'), empty)).toThrow(/retrain squeezenet1_1 partial: no pretrained weights/);
  expect(startNetwork(options('scratch'), empty).weights).toBeNull();
});

test('countParameters() counts what each depth trains', () => {
  const counts = (['shallow', 'partial', 'deep', 'scratch'] as const).map((depth) => {
    const { network } = startNetwork(options(depth, 1, ['x', 'y']), folder);
    return countParameters(network, network.cut(depth));
  });
  // torchvision's SqueezeNet 1.1 with two classes: 723,522 parameters, of which 1,026 in the head.
  expect(counts.map(({ parameterCount }) => parameterCount)).toEqual([723_522, 723_522, 723_522, 723_522]);
  expect(counts.map(({ trainedParameterCount }) => trainedParameterCount)).toEqual([1026, 198_210, 723_522, 723_522]);
  expect(counts[0]?.sizeBytes).toBe(4 * 723_522);
});
