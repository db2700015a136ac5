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

test.each([
  ['alexnet', 57_012_034, 61_100_840],
  ['squeezenet1_1', 723_522, 1_235_496],
  ['resnet18', 11_177_538, 11_689_512],
])("parameterCount() is torchvision's for %s", (name, forTwo, forThousand) => {
  expect(parameterCount(findCard(name), 2)).toBe(forTwo);
  expect(parameterCount(findCard(name), 1000)).toBe(forThousand);
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
