import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { augmentPictures } from './augment-pictures.js';

const plain = { mean: [0, 0, 0] as const, std: [1, 1, 1] as const };
const side = 10;
const pixels = Uint8Array.from({ length: 2 * side * side * 3 }, (_, index) => (index * 7) % 256);
const split = { pixels, labels: Int32Array.from([3, 4]), ids: ['a', 'b'], side };

test('augmentPictures() moves pictures and repeats for a seed', () => {
  const order = Int32Array.from([1, 0]);
  const first = augmentPictures(split, order, [0, 2], plain, new Rng(1));
  const again = augmentPictures(split, order, [0, 2], plain, new Rng(1));
  const other = augmentPictures(split, order, [0, 2], plain, new Rng(2));
  expect([...first.labels]).toEqual([4, 3]);
  expect(first.inputs).toEqual(again.inputs);
  expect(first.inputs).not.toEqual(other.inputs);
});

test('augmentPictures() keeps each pixel whole: a move never mixes channels or pictures', () => {
  const marked = new Uint8Array(2 * side * side * 3);
  for (let at = 0; at < marked.length; at++) marked[at] = 10 * (at % 3) + (at >= marked.length / 2 ? 100 : 0);
  for (let seed = 0; seed < 16; seed++) {
    const order = Int32Array.from([1]);
    const { inputs } = augmentPictures({ ...split, pixels: marked }, order, [0, 1], plain, new Rng(seed));
    inputs.forEach((value, at) => {
      expect(value).toBeCloseTo((10 * (at % 3) + 100) / 255, 6);
    });
  }
});
