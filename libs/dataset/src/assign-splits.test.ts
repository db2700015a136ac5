import { expect, test } from 'vitest';
import { drawSplit, rejectDuplicates, type UnassignedImage } from './assign-splits.js';

const classes = ['ants', 'bees'];

function image(path: string, sha256: string, split?: UnassignedImage['split']): UnassignedImage {
  const classIndex = path.includes('bees') ? 1 : 0;
  return { path, sha256, bytes: 1, width: 1, height: 1, format: 'png', classIndex, split };
}

test('rejectDuplicates() keeps the first of several copies in a class and names it', () => {
  const { kept, rejected } = rejectDuplicates(
    [image('ants/a', 'x'), image('ants/b', 'x'), image('bees/c', 'y')],
    classes,
  );
  expect(kept.map(({ path }) => path)).toEqual(['ants/a', 'bees/c']);
  expect(rejected).toEqual([{ path: 'ants/b', reason: 'a copy of ants/a, which is kept' }]);
});

test('rejectDuplicates() refuses the validation and test copies of a training image as leakage', () => {
  const images = [
    image('test/ants/a', 'x', 'test'),
    image('train/ants/b', 'x', 'train'),
    image('val/ants/c', 'x', 'validation'),
  ];
  const { kept, rejected } = rejectDuplicates(images, classes);
  expect(kept.map(({ path }) => path)).toEqual(['train/ants/b']);
  expect(rejected).toEqual([
    { path: 'test/ants/a', reason: 'leakage: a copy of train/ants/b, which is in train' },
    { path: 'val/ants/c', reason: 'leakage: a copy of train/ants/b, which is in train' },
  ]);
});

test('rejectDuplicates() refuses every copy of bytes that lie in two classes', () => {
  const { kept, rejected } = rejectDuplicates([image('ants/a', 'x'), image('bees/b', 'x')], classes);
  expect(kept).toEqual([]);
  expect(rejected).toEqual([
    { path: 'ants/a', reason: 'the same bytes are in class "bees" (bees/b): one label is wrong' },
    { path: 'bees/b', reason: 'the same bytes are in class "ants" (ants/a): one label is wrong' },
  ]);
});

const many = [
  ...Array.from({ length: 40 }, (_, index) => image(`ants/${index}`, `a${index}`)),
  ...Array.from({ length: 11 }, (_, index) => image(`bees/${index}`, `b${index}`)),
];
const chosen = (seed: number, fraction = 0.2) =>
  drawSplit(many, classes, fraction, seed).filter(({ split }) => split === 'validation');

test('drawSplit() takes the fraction of each class and repeats for a seed', () => {
  const validation = chosen(3);
  expect(validation.filter(({ classIndex }) => classIndex === 0)).toHaveLength(8);
  expect(validation.filter(({ classIndex }) => classIndex === 1)).toHaveLength(2);
  expect(chosen(3)).toEqual(validation);
  expect(chosen(4)).not.toEqual(validation);
});

test('drawSplit() leaves at least one image of each class on either side', () => {
  for (const fraction of [0.001, 0.999]) {
    const split = drawSplit([image('ants/1', '1'), image('ants/2', '2')], ['ants'], fraction, 0);
    expect(split.map((drawn) => drawn.split).sort()).toEqual(['train', 'validation']);
  }
});

test('drawSplit() leaves a split that the folders gave', () => {
  const images = [image('test/ants/1', '1', 'test'), image('train/ants/2', '2'), image('train/ants/3', '3')];
  expect(drawSplit(images, ['ants'], 0.5, 0)[0].split).toBe('test');
});
