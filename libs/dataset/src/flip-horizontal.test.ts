import { expect, test } from 'vitest';
import { flipHorizontal } from './flip-horizontal.js';

test('flipHorizontal() mirrors every row and keeps the channels in order', () => {
  const pixels = Uint8Array.from({ length: 27 }, (_, index) => index);
  flipHorizontal(pixels, 3);
  expect([...pixels.subarray(0, 9)]).toEqual([6, 7, 8, 3, 4, 5, 0, 1, 2]);
  flipHorizontal(pixels, 3);
  expect([...pixels]).toEqual(Array.from({ length: 27 }, (_, index) => index));
});

test('flipHorizontal() refuses a length that is not one picture', () => {
  expect(() => flipHorizontal(new Float32Array(26), 3)).toThrow('pixels has 26 values, must be 3 × 3 × 3');
});
