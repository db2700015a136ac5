import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { exportClassifier, loadClassifier } from '#engine';

interface Case {
  readonly height: number;
  readonly width: number;
  readonly resize: number;
  readonly crop: number;
  /** Bytes [crop, crop, 3]. */
  readonly pixels: readonly number[];
}

const golden: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('./pil-resize.golden.json', import.meta.url), 'utf8'),
);

/** The picture of generate.py. */
function picture({ height, width }: Case): Uint8Array {
  return Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const channel = index % 3;
    const x = Math.floor(index / 3) % width;
    const y = Math.floor(index / 3 / width);
    return (x * (7 + 4 * channel) + y * (13 - 3 * channel) + ((x * y) % (17 + channel))) % 256;
  });
}

// Pillow and onnxruntime both resize in fixed point, rows and columns apart, rounding to bytes in between: no pixel differs.
test.each(golden.cases)(
  'the preprocessing of an exported model is PIL’s for $height × $width to $resize, crop $crop',
  async (item) => {
    const size = item.crop * item.crop * 3;
    const bytes = await exportClassifier({
      forward: (x) => tf.reshape(x, [x.shape[0], size]),
      tensors: [],
      image: { resize: item.resize, crop: item.crop, mean: [0, 0, 0], std: [1, 1, 1] },
      classes: size,
    });
    const classifier = await loadClassifier(bytes, { threads: 1 });
    const image = { pixels: picture(item), count: 1, height: item.height, width: item.width };
    const { logits } = await classifier.classify(image);
    await classifier.dispose();
    const levels = Array.from(logits, (value) => Math.round(value * 255));
    expect(levels).toEqual(item.pixels);
  },
);
