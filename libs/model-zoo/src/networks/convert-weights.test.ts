import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { NamedTensor } from '#primitives';
import { readSafetensors } from '../weights/read-safetensors.js';
import { WeightsFileError } from '../weights/weights-file-error.js';
import { writeSafetensors } from '../weights/write-safetensors.js';
import { buildNetwork } from './build-network.js';
import { torchListing } from './check-tensors.js';
import { convertWeights } from './convert-weights.js';
import { formulaTensor } from './formula-tensors.fixture.js';
import { loadWeights } from './load-weights.js';
import { toTfjsLayout } from './tensor-layout.js';
import { toStateDict } from './to-state-dict.js';

const folder = mkdtempSync(join(tmpdir(), 'retune-convert-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A trained network as a file has it: torch layout, every tensor away from its initial state. */
function fileTensors(architecture: string, classes: number): NamedTensor[] {
  const { tensors } = torchListing(buildNetwork(architecture, { classes }));
  return tensors.map(({ name, shape }) => formulaTensor(name, shape));
}

const squeezenet = fileTensors('squeezenet1_1', 3);
const counter = (name: string): NamedTensor => ({ name, shape: [], data: Float32Array.of(7) });
const replace = (name: string, change: Partial<NamedTensor>) =>
  squeezenet.map((tensor) => (tensor.name === name ? { ...tensor, ...change } : tensor));

describe('toStateDict()', () => {
  test('orders tensors as the network lists them, reads the classes off the head, drops counters, copies nothing', () => {
    const state = toStateDict('squeezenet1_1', [counter('x.num_batches_tracked'), ...[...squeezenet].reverse()]);
    expect(state.classes).toBe(3);
    expect(state.tensors.map(({ name }) => name)).toEqual(squeezenet.map(({ name }) => name));
    expect(state.tensors.every((tensor, index) => tensor.data === squeezenet[index].data)).toBe(true);
  });

  test('renames what DenseNet’s published files have with dots, and nothing else', () => {
    const densenet = fileTensors('densenet121', 2);
    const dotted = (name: string) => name.replace(/(denselayer\d+\.(?:norm|conv))([12]\.)/, '$1.$2');
    const old = densenet.map((tensor) => ({ ...tensor, name: dotted(tensor.name) }));
    expect(old.filter(({ name }) => /\.(norm|conv)\.[12]\./.test(name))).toHaveLength(58 * 10);
    old.push(counter('features.denseblock1.denselayer1.norm.1.num_batches_tracked'));
    const { tensors } = toStateDict('densenet121', old);
    expect(tensors.map(({ name }) => name)).toEqual(densenet.map(({ name }) => name));
    expect(tensors.every((tensor, index) => tensor.data === densenet[index].data)).toBe(true);
    expect(() => toStateDict('densenet121', [...old, densenet[6]])).toThrow(
      'tensor features.denseblock1.denselayer1.norm1.bias occurs twice',
    );
  });

  const bias = squeezenet[1];
  test.each<[string, string, readonly NamedTensor[], string]>([
    [
      'missing, foreign and misshapen tensors in one error',
      'squeezenet1_1',
      [...replace(bias.name, { shape: [8, 8] }).slice(0, -6), ...replace('', {}).slice(-2), counter('extra')],
      'tensor extra is not in squeezenet1_1; tensors features.12.expand1x1.weight, features.12.expand1x1.bias, ' +
        'features.12.expand3x3.weight and 1 more are missing; ' +
        'tensor features.0.bias has shape [8,8], squeezenet1_1 with 3 classes needs [64]',
    ],
    [
      'another architecture',
      'resnet18',
      squeezenet,
      'the head fc.weight of resnet18 is missing: is it a file of another architecture? It begins with features.0.weight',
    ],
    [
      'another architecture with the same head',
      'squeezenet1_0',
      squeezenet,
      'tensors features.6.squeeze.weight, features.6.squeeze.bias, features.6.expand1x1.weight and 9 more are not in ' +
        'squeezenet1_0; tensors features.5.squeeze.weight, features.5.squeeze.bias, features.5.expand1x1.weight and 9 ' +
        'more are missing; tensor features.0.weight has shape [64,3,3,3], squeezenet1_0 with 3 classes needs [96,3,7,7]',
    ],
    [
      'a head of one class',
      'squeezenet1_1',
      replace('classifier.1.weight', { shape: [1, 512, 1, 1], data: new Float32Array(512) }),
      'the head classifier.1.weight has shape [1,512,1,1], its first axis must be 2 to 100000 classes',
    ],
    [
      'a head without axes',
      'squeezenet1_1',
      replace('classifier.1.weight', { shape: [], data: new Float32Array(1) }),
      'the head classifier.1.weight has shape [], its first axis must be',
    ],
    [
      'a head whose bias has other classes',
      'squeezenet1_1',
      replace('classifier.1.bias', { shape: [4], data: new Float32Array(4) }),
      'tensor classifier.1.bias has shape [4], squeezenet1_1 with 3 classes needs [3]',
    ],
    [
      'a value that is not finite',
      'squeezenet1_1',
      replace(bias.name, { data: bias.data.map((value, index) => (index === 5 ? Number.POSITIVE_INFINITY : value)) }),
      'tensor features.0.bias has the value Infinity at 5',
    ],
  ])('refuses %s', (_, architecture, tensors, reason) => {
    expect(() => toStateDict(architecture, tensors, 'x.pth')).toThrow(WeightsFileError);
    expect(() => toStateDict(architecture, tensors, 'x.pth')).toThrow(`Cannot read weights from x.pth: ${reason}`);
  });
});

describe('convertWeights()', () => {
  const source = writeSafetensors([...squeezenet, counter('x.num_batches_tracked')]);
  const sha256 = createHash('sha256').update(source).digest('hex');

  test('gives a file that loadWeights() reads, and what was found, from bytes and from a path', () => {
    const path = join(folder, 'source.safetensors');
    writeFileSync(path, source);
    const converted = convertWeights({
      architecture: 'squeezenet1_1',
      source,
      classes: 3,
      sha256: sha256.slice(0, 8),
      metadata: { licence: 'MIT' },
    });
    const { bytes, ...facts } = converted;
    expect(facts).toEqual({
      architecture: 'squeezenet1_1',
      classes: 3,
      tensorCount: 52,
      droppedCount: 1,
      source: { format: 'safetensors', bytes: source.length, sha256 },
    });
    expect(Object.fromEntries(readSafetensors(bytes).metadata)).toEqual({
      architecture: 'squeezenet1_1',
      classes: '3',
      format: 'pt',
      licence: 'MIT',
    });
    const loaded = loadWeights(buildNetwork('squeezenet1_1', { classes: 3 }), bytes);
    expect(loaded.every(({ name }, index) => name === squeezenet[index].name)).toBe(true);
    const data = Buffer.from(loaded[4].data.buffer);
    expect(data.equals(Buffer.from(toTfjsLayout(squeezenet[4]).data.buffer))).toBe(true);
    const again = convertWeights({ architecture: 'squeezenet1_1', source: path, metadata: { licence: 'MIT' } });
    expect(Buffer.from(again.bytes).equals(bytes)).toBe(true);
  });

  test('refuses another hash, other classes, an absent file and an empty one', () => {
    const convert = (options: object) => () => convertWeights({ architecture: 'squeezenet1_1', source, ...options });
    expect(convert({ sha256: 'b8a52dc0' })).toThrow(
      `Cannot read weights from weights: its SHA-256 is ${sha256}, must begin with b8a52dc0`,
    );
    expect(convert({ sha256: '' })).toThrow('sha256 is "", must be 8 to 64 lower-case hexadecimal digits');
    expect(convert({ classes: 1000 })).toThrow('its head has 3 classes, must have 1000');
    expect(convert({ source: join(folder, 'none.pth') })).toThrow('none.pth: there is no such file');
    writeFileSync(join(folder, 'empty.pth'), '');
    expect(convert({ source: join(folder, 'empty.pth') })).toThrow('empty.pth: it is empty');
    expect(convert({ source: folder })).toThrow('it cannot be read (EISDIR)');
    expect(convert({ source: '/dev/zero' })).toThrow('it is no regular file');
    expect(convert({ architecture: 'resnet9' })).toThrow('Cannot find architecture resnet9');
  });
});
