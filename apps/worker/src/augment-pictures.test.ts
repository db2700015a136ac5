import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { augmentPictures, halvePictures } from './augment-pictures.js';

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

test('halvePictures() takes the mean of four pixels', () => {
  const halved = halvePictures(split);
  expect(halved.side).toBe(5);
  const at = (y: number, x: number, c: number) => pixels[(y * side + x) * 3 + c] as number;
  const mean = Math.round((at(2, 4, 1) + at(2, 5, 1) + at(3, 4, 1) + at(3, 5, 1)) / 4);
  expect(halved.pixels[(1 * 5 + 2) * 3 + 1]).toBe(mean);
  expect(halved.pixels.length).toBe(pixels.length / 4);
});
