import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NotFoundError } from '#primitives';
import { architectureNames, findCard, modelCards } from './catalogue.js';
import { imageSpecAt, parameterCount } from './model-card.js';

test('findCard() gives each card by name and lists the known names otherwise', () => {
  for (const name of architectureNames) expect(findCard(name).name).toBe(name);
  expect(() => findCard('resnet9')).toThrow(NotFoundError);
  expect(() => findCard('resnet9')).toThrow(
    `Cannot find architecture resnet9: the zoo has ${architectureNames.join(', ')}`,
  );
  expect(() => findCard('constructor')).toThrow(NotFoundError);
});

/** Parameters for 2 and for 1000 classes, and tensors: counted from torchvision 0.29 by hand, not by this code. */
const counts = {
  alexnet: [57_012_034, 61_100_840, 16],
  squeezenet1_0: [736_450, 1_248_424, 52],
  squeezenet1_1: [723_522, 1_235_496, 52],
  vgg11: [128_774_530, 132_863_336, 22],
  vgg11_bn: [128_780_034, 132_868_840, 54],
  vgg13: [128_959_042, 133_047_848, 26],
  vgg13_bn: [128_964_930, 133_053_736, 66],
  vgg16: [134_268_738, 138_357_544, 32],
  vgg16_bn: [134_277_186, 138_365_992, 84],
  vgg19: [139_578_434, 143_667_240, 38],
  vgg19_bn: [139_589_442, 143_678_248, 102],
  resnet18: [11_177_538, 11_689_512, 102],
  resnet34: [21_285_698, 21_797_672, 182],
  resnet50: [23_512_130, 25_557_032, 267],
  resnet101: [42_504_258, 44_549_160, 522],
  resnet152: [58_147_906, 60_192_808, 777],
  densenet121: [6_955_906, 7_978_856, 606],
  densenet161: [26_476_418, 28_681_000, 806],
  densenet169: [12_487_810, 14_149_480, 846],
  densenet201: [18_096_770, 20_013_928, 1006],
  inception_v3: [24_348_900, 27_161_264, 484],
} as const;

test('modelCards are the 21 networks and 24 checkpoints, with the parameters and tensors torchvision has', () => {
  expect(
    Object.fromEntries(
      modelCards.map((card) => [card.name, [parameterCount(card, 2), parameterCount(card, 1000), card.tensorCount]]),
    ),
  ).toEqual(counts);
  expect(modelCards.flatMap(({ torchvisionWeights }) => torchvisionWeights)).toHaveLength(24);
});

interface PublishedWeights {
  readonly architecture: string;
  readonly name: string;
  readonly url: string;
  readonly parameters: number;
  readonly top1Percent: number;
  readonly classes: number;
  readonly minimumImageSize: number;
  readonly resize: number;
  readonly crop: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly interpolation: string;
  /** Counted by the script, as torchvision publishes it from 0.15 on. */
  readonly gigaMacs: number;
}

test('modelCards say what torchvision publishes of every checkpoint', () => {
  const path = new URL('../../../test/golden/torchvision/weights.golden.json', import.meta.url);
  const published: PublishedWeights[] = JSON.parse(readFileSync(path, 'utf8')).weights;
  const said = modelCards.flatMap((card) =>
    card.torchvisionWeights.map(({ name, url, classes, top1Accuracy, imageSpec, interpolation }) => ({
      architecture: card.name,
      name,
      url,
      parameters: parameterCount(card, classes),
      top1Percent: Math.round(top1Accuracy * 100_000) / 1000,
      classes,
      minimumImageSize: card.minimumImageSize,
      ...imageSpec,
      interpolation,
      gigaMacs: card.gigaMacs,
    })),
  );
  const byUrl = (a: { url: string }, b: { url: string }) => (a.url < b.url ? -1 : 1);
  expect(said.sort(byUrl)).toEqual(published.sort(byUrl));
});

test('parameterCount() refuses fewer than two classes', () => {
  expect(() => parameterCount(findCard('alexnet'), 1)).toThrow('classes is 1, must be an integer in [2, 100000]');
  expect(() => parameterCount(findCard('alexnet'), 2.5)).toThrow(RangeError);
});

test('modelCards have one name each and weights whose file name carries the hash', () => {
  expect(new Set(architectureNames).size).toBe(modelCards.length);
  for (const { torchvisionWeights } of modelCards) {
    for (const { file, sha256Prefix, licence, top1Accuracy } of torchvisionWeights) {
      expect(file).toContain(`-${sha256Prefix}.`);
      expect(licence).not.toBe('');
      expect(top1Accuracy).toBeGreaterThan(0.5);
      expect(top1Accuracy).toBeLessThan(1);
    }
  }
});

test("imageSpecAt() keeps the card's ratio of resize to crop", () => {
  const card = findCard('resnet18');
  expect(imageSpecAt(card, 224)).toEqual(card.imageSpec);
  expect(imageSpecAt(card, 64)).toEqual({ ...card.imageSpec, resize: 73, crop: 64 });
  expect(() => imageSpecAt(findCard('alexnet'), 62)).toThrow('imageSize is 62, must be an integer in [63, 2048]');
});
