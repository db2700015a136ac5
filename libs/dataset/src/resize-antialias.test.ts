import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fitToSpec } from './preprocess.js';
import { resizeAntialias } from './resize-antialias.js';

interface Golden {
  resize: { width: number; height: number; pixels: string; toWidth: number; toHeight: number; resized: string }[];
  fit: { width: number; height: number; pixels: string; resize: number; crop: number; fitted: string }[];
}

const goldenFile = new URL('../../../test/golden/pil-resize-dataset/pil-resize.golden.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(goldenFile, 'utf8'));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

test.each(golden.resize)(
  'resizeAntialias() equals Pillow bit for bit: $width×$height to $toWidth×$toHeight',
  (sample) => {
    const picture = { width: sample.width, height: sample.height, pixels: bytes(sample.pixels) };
    const resized = resizeAntialias(picture, sample.toWidth, sample.toHeight);
    expect([resized.width, resized.height]).toEqual([sample.toWidth, sample.toHeight]);
    expect(Buffer.from(resized.pixels).equals(bytes(sample.resized))).toBe(true);
  },
);

test.each(golden.fit)(
  'fitToSpec() equals torchvision bit for bit: $width×$height, resize $resize, crop $crop',
  (sample) => {
    const picture = { width: sample.width, height: sample.height, pixels: bytes(sample.pixels) };
    expect(Buffer.from(fitToSpec(picture, sample)).equals(bytes(sample.fitted))).toBe(true);
  },
);

test('resizeAntialias() refuses a length that is no integer >= 1', () => {
  const picture = { width: 2, height: 2, pixels: new Uint8Array(12) };
  expect(() => resizeAntialias(picture, 0, 2)).toThrow('width is 0, must be an integer >= 1');
  expect(() => resizeAntialias(picture, 2, 1.5)).toThrow('height is 1.5, must be an integer >= 1');
});
