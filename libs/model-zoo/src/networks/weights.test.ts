import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type NamedTensor, sizeOf } from '#primitives';
import { readSafetensors } from '../weights/read-safetensors.js';
import { WeightsFileError } from '../weights/weights-file-error.js';
import { writeSafetensors } from '../weights/write-safetensors.js';
import { adaptHead } from './adapt-head.js';
import { buildNetwork } from './build-network.js';
import { formulaTensor } from './formula-tensors.fixture.js';
import { initialTensors } from './initial-tensors.js';
import { loadWeights, pretrainedTensors } from './load-weights.js';
import type { Network } from './network.js';
import { saveWeights } from './save-weights.js';
import { torchShape, toTfjsLayout, toTorchLayout } from './tensor-layout.js';

const folder = mkdtempSync(join(tmpdir(), 'retune-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network = buildNetwork('squeezenet1_1', { classes: 3, imageSize: 64 });
const trained = trainedTensors(network);

/** As after training: every tensor away from any initial state. */
function trainedTensors({ tensors }: Network): NamedTensor[] {
  return tensors.map(({ name, shape }) => toTfjsLayout(formulaTensor(name, torchShape(shape))));
}

const replace = (tensors: readonly NamedTensor[], name: string, change: (tensor: NamedTensor) => NamedTensor) =>
  tensors.map((tensor) => (tensor.name === name ? change(tensor) : tensor));

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Names, shapes and bits; comparing 700,000 values one by one takes seconds. */
const digests = (tensors: readonly NamedTensor[]) =>
  tensors.map(({ name, shape, data }) => [name, shape, sha256(new Uint8Array(data.buffer))]);

test('loadWeights() gives back what saveWeights() stored, from bytes and from a file with its hash', () => {
  const bytes = saveWeights(network, [...trained].reverse(), { metadata: { note: 'x' } });
  const path = join(folder, 'full.safetensors');
  writeFileSync(path, bytes);
  expect(digests(loadWeights(network, bytes))).toEqual(digests(trained));
  expect(digests(loadWeights(network, path, { sha256: sha256(bytes) }))).toEqual(digests(trained));
  expect(Object.fromEntries(readSafetensors(bytes).metadata)).toEqual({
    architecture: 'squeezenet1_1',
    classes: '3',
    format: 'pt',
    note: 'x',
  });
});

test('saveWeights() stores torch layout under torchvision names', () => {
  const stored = new Map(readSafetensors(saveWeights(network, trained)).tensors.map((tensor) => [tensor.name, tensor]));
  const name = 'features.3.expand3x3.weight';
  expect(stored.get(name)).toEqual(formulaTensor(name, [64, 16, 3, 3]));
  expect([...stored.keys()].sort()).toEqual(network.tensors.map((spec) => spec.name).sort());
});

test('saveWeights() halves filters and keeps vectors in F32', () => {
  const third = replace(trained, 'features.0.bias', (tensor) => ({ ...tensor, data: tensor.data.map(() => 1 / 3) }));
  const bytes = saveWeights(network, third, { precision: 'F16' });
  expect(bytes.length).toBeLessThan(0.52 * saveWeights(network, third).length);
  const loaded = loadWeights(network, bytes);
  for (const [index, { shape, data }] of loaded.entries()) {
    const exact = third[index].data;
    const step = (value: number) => (shape.length > 1 ? Math.max(Math.abs(value) * 2 ** -11, 2 ** -25) : 0);
    expect(data.findIndex((value, at) => Math.abs(value - exact[at]) > step(exact[at]))).toBe(-1);
  }
});

test('saveWeights() leaves out what is in its initial state, and loadWeights() makes it again by the bit', () => {
  const alexnet = buildNetwork('alexnet', { classes: 2, imageSize: 64 });
  const initial = initialTensors(alexnet, 11);
  const state = initial.map((tensor) =>
    tensor.name.startsWith('features.') || tensor.name.startsWith('classifier.6.')
      ? { ...tensor, data: tensor.data.map((value) => value + 2 ** -10) }
      : tensor,
  );
  const bytes = saveWeights(alexnet, state, { initialSeed: 11 });
  expect(bytes.length).toBeLessThan(10_000_000);
  const { metadata, tensors } = readSafetensors(bytes);
  expect(metadata.get('initialSeed')).toBe('11');
  expect(tensors.some(({ name }) => /^classifier\.[14]\./.test(name))).toBe(false);
  expect(digests(loadWeights(alexnet, bytes))).toEqual(digests(state));
});

const stored = trained.map(toTorchLayout);
const bnNetwork = buildNetwork('resnet18', { classes: 2, imageSize: 32 });

test.each<[string, () => Uint8Array, Network, string]>([
  [
    'another architecture',
    () => saveWeights(network, trained),
    bnNetwork,
    'it holds squeezenet1_1, wanted is resnet18',
  ],
  [
    'another number of classes',
    () => saveWeights(network, trained),
    buildNetwork('squeezenet1_1', { classes: 4 }),
    'tensor classifier.1.weight has shape [1,1,512,3], squeezenet1_1 with 4 classes needs [1,1,512,4]',
  ],
  [
    'absent tensors without a seed',
    () => writeSafetensors(stored.slice(5)),
    network,
    'tensors features.0.weight, features.0.bias, features.3.squeeze.weight and 2 more are missing and no initialSeed',
  ],
  [
    'a malformed seed',
    () => writeSafetensors(stored.slice(1), { metadata: { initialSeed: '4294967296' } }),
    network,
    'initialSeed is 4294967296, must be in [0, 4294967296)',
  ],
  [
    'foreign tensors',
    () => writeSafetensors([...stored, { name: 'evil', shape: [1], data: Float32Array.of(1) }]),
    network,
    'tensor evil is not in squeezenet1_1',
  ],
  [
    'values that are not finite',
    () => writeSafetensors(replace(stored, 'features.0.bias', (t) => ({ ...t, data: t.data.map(() => Number.NaN) }))),
    network,
    'tensor features.0.bias has the value NaN at 0',
  ],
])('loadWeights() refuses %s', (_, bytes, target, reason) => {
  const given = bytes();
  expect(() => loadWeights(target, given, { origin: 'x' })).toThrow(WeightsFileError);
  expect(() => loadWeights(target, given, { origin: 'x' })).toThrow(reason);
});

test('loadWeights() refuses another hash and a file that does not exist', () => {
  const bytes = saveWeights(network, trained);
  expect(() => loadWeights(network, bytes, { sha256: '0'.repeat(64) })).toThrow(`its SHA-256 is ${sha256(bytes)}`);
  expect(() => loadWeights(network, join(folder, 'none'))).toThrow('there is no such file');
  expect(() => loadWeights(network, folder)).toThrow('it cannot be read (EISDIR)');
});

test('loadWeights() accepts the counters of torch and refuses a negative variance', () => {
  const counter = { name: 'bn1.num_batches_tracked', shape: [], data: Float32Array.of(7) };
  const state = initialTensors(bnNetwork, 3);
  const file = writeSafetensors([...state.map(toTorchLayout), counter]);
  expect(loadWeights(bnNetwork, file).map(({ name }) => name)).toEqual(bnNetwork.tensors.map(({ name }) => name));
  const negative = replace(state, 'bn1.running_var', (t) => ({ ...t, data: t.data.map(() => -1) })).map(toTorchLayout);
  expect(() => loadWeights(bnNetwork, writeSafetensors(negative))).toThrow('bn1.running_var has the value -1 at 0');
});

test('saveWeights() refuses tensors that are missing or twice', () => {
  expect(() => saveWeights(network, trained.slice(1))).toThrow('tensor features.0.weight is missing');
  expect(() => saveWeights(network, [...trained, trained[0]])).toThrow('tensor features.0.weight occurs twice');
});

test.each([3, 5])('adaptHead() makes the head fresh for %i classes and keeps the rest', (classes) => {
  const target = buildNetwork('squeezenet1_1', { classes, imageSize: 64 });
  const adapted = adaptHead(target, trained, 9);
  const fresh = new Map(initialTensors(target, 9).map((tensor) => [tensor.name, tensor]));
  const expected = trained.map((tensor) => (tensor.name.startsWith('classifier.') ? fresh.get(tensor.name) : tensor));
  expect(digests(adapted)).toEqual(digests(expected as NamedTensor[]));
});

test('adaptHead() refuses a network that ignores its classes, and a backbone with gaps', () => {
  const deaf: Network = {
    ...buildNetwork('squeezenet1_1', { classes: 3 }),
    classes: 5,
    cut: () => 0,
    forward: (x) => x,
  };
  expect(() => adaptHead(deaf, trained, 9)).toThrow('is 3 wide, must have one output per class: 5');
  expect(() => adaptHead(network, trained.slice(1), 9)).toThrow('tensor features.0.weight is missing');
});

test('pretrainedTensors() loads an entry, checks its hash and changes the head', () => {
  const bytes = saveWeights(network, trained);
  writeFileSync(join(folder, 'entry.safetensors'), bytes);
  const imageSpec = { resize: 73, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] } as const;
  const entry = {
    name: 'entry',
    architecture: 'squeezenet1_1',
    file: 'entry.safetensors',
    sha256: sha256(bytes),
    bytes: bytes.length,
    licence: 'MIT',
    classes: 3,
    labels: ['a', 'b', 'c'],
    imageSize: 64,
    imageSpec,
    source: 's',
    top1Accuracy: 0.5,
    path: join(folder, 'entry.safetensors'),
    bundled: true,
    recipe: 'r',
  };
  const target = buildNetwork('squeezenet1_1', { classes: 7, imageSize: 96 });
  const loaded = pretrainedTensors(target, entry, 4);
  expect(digests(loaded)).toEqual(digests(adaptHead(target, trained, 4)));
  expect(() => pretrainedTensors(target, { ...entry, sha256: 'f'.repeat(64) }, 4)).toThrow('its SHA-256 is');
  expect(() => pretrainedTensors(bnNetwork, entry, 4)).toThrow('are for squeezenet1_1, must be for resnet18');
  expect(trained.reduce((total, { shape }) => total + sizeOf(shape), 0)).toBe(724_035);
});
