import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeRgb } from '#dataset/pictures';
import { exportClassifier, loadClassifier } from '#engine';
import { findCard } from '#model-zoo';
import { Rng } from '#primitives';
import { hasPython, runPython } from '../support/debian-python.js';
import { runCli } from '../support/run-cli.js';

/** Classes of one picture, the most probable first. */
type Top = readonly (readonly [string, number])[];

const script = new URL('../golden/torchvision/predict-reference.py', import.meta.url);
const topCount = 5;

let folder: string;
let png: string;
let jpeg: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retune predict '));
  png = join(folder, 'picture.png');
  jpeg = join(folder, 'picture.jpg');
  const picture = await drawPicture();
  writeFileSync(png, await sharp(picture).png().toBuffer());
  writeFileSync(jpeg, await sharp(picture).jpeg({ quality: 90 }).toBuffer());
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Soft patches of colour with structure at every scale, 500 × 375. */
async function drawPicture(): Promise<Buffer> {
  const rng = new Rng(11);
  const patches = Uint8Array.from({ length: 20 * 15 * 3 }, () => rng.integer(0, 256));
  return sharp(patches, { raw: { width: 20, height: 15, channels: 3 } })
    .resize(500, 375, { kernel: 'cubic' })
    .png()
    .toBuffer();
}

describe.skipIf(!hasPython('torchvision')).each(['resnet18', 'squeezenet1_1'])('retune predict, %s', (architecture) => {
  let reference: Top[];
  let predicted: Top[];
  beforeAll(async () => {
    reference = JSON.parse(runPython(script, [architecture, folder, png, jpeg])) as Top[];
    const name = `${architecture.replaceAll('_', '-')}-seeded`;
    const file = join(folder, `${architecture}.pth`);
    const imported = await runCli(
      ['zoo', 'import', file, '--architecture', architecture, '--name', name, '--labels', 'imagenet-1k'],
      { folder },
    );
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    const end = await runCli(['predict', name, png, jpeg, '--top', String(topCount), '--json'], { folder });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const answers = JSON.parse(end.stdout) as { predictions: { label: string; probability: number }[] }[];
    predicted = answers.map(({ predictions }) => predictions.map(({ label, probability }) => [label, probability]));
  });

  /** Largest relative difference of the probabilities of the first classes. */
  const difference = (picture: number) =>
    Math.max(...predicted[picture].map(([, value], at) => Math.abs(value / reference[picture][at][1] - 1)));

  test.each([
    ['PNG', 0, 1e-4],
    ['JPEG', 1, 5e-3],
  ])(
    'names the first classes of torchvision in its order for a %s (picture %i), probabilities within %f of theirs',
    (_, picture, bound) => {
      const expected = reference[picture];
      for (let at = 0; at < topCount; at++) {
        // Neighbours are further apart than the bound: the order is no luck.
        expect(expected[at][1] / expected[at + 1][1]).toBeGreaterThan(1 + 2 * bound);
      }
      expect(predicted[picture].map(([label]) => label)).toEqual(expected.slice(0, topCount).map(([label]) => label));
      expect(difference(picture)).toBeLessThan(bound);
    },
  );

  test('prepares a PNG as torchvision does to the bit, and a JPEG, where decoders may differ, within 2 of 255 levels', async () => {
    const { imageSpec } = findCard(architecture);
    // In units of the normalised picture one level of 255 is 1 / 255 / std.
    const level = 1 / 255 / Math.max(...imageSpec.std);
    expect(await pixelDifference(architecture, png)).toBe(0);
    expect(await pixelDifference(architecture, jpeg)).toBeLessThan(2 * level);
  });
});

/** Largest difference between torchvision's pixels and those a model of ours begins with, normalised. */
async function pixelDifference(architecture: string, path: string): Promise<number> {
  const { imageSpec: image } = findCard(architecture);
  const size = image.crop * image.crop * 3;
  const identity = { forward: (x: tf.Tensor) => tf.reshape(x, [x.shape[0], size]), tensors: [], image, classes: size };
  const classifier = await loadClassifier(await exportClassifier(identity), { threads: 1 });
  const { pixels, width, height } = await decodeRgb(readFileSync(path));
  const { logits } = await classifier.classify({ pixels, count: 1, width, height });
  await classifier.dispose();
  const bytes = readFileSync(join(folder, `${basename(path)}.f32`));
  const theirs = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const area = image.crop * image.crop;
  let largest = 0;
  for (let at = 0; at < size; at++) {
    largest = Math.max(largest, Math.abs(logits[at] - theirs[(at % 3) * area + Math.floor(at / 3)]));
  }
  return largest;
}
