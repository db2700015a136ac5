import * as tf from '@tensorflow/tfjs-core';
import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { compileInference } from '../runtime/inference.js';
import { openSession } from '../runtime/open-session.js';
import { smallForward, smallTensors } from '../train/small-network.fixture.js';
import { type ClassifierExport, exportClassifier } from './export-classifier.js';
import { loadClassifier } from './load-classifier.js';
import { readMetadata } from './read-metadata.js';

const model: ClassifierExport = {
  forward: smallForward,
  tensors: smallTensors(3),
  image: { resize: 8, crop: 8, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  classes: 3,
  labels: ['äpfel', 'b', 'c'],
};

function pictures(count: number, height: number, width: number): Uint8Array {
  const rng = new Rng(1);
  return Uint8Array.from({ length: count * height * width * 3 }, () => rng.integer(0, 256));
}

test('exportClassifier() gives the logits of compileInference() on normalised pictures, for any batch size', async () => {
  const { mean, std } = model.image;
  const inference = await compileInference({ ...model, inputShape: [8, 8, 3], batchSize: 4, threads: 1 });
  const classifier = await loadClassifier(await exportClassifier(model), { threads: 1 });
  for (const count of [1, 3]) {
    const pixels = pictures(count, 8, 8);
    const normalised = Float32Array.from(pixels, (value, index) => (value / 255 - mean[index % 3]) / std[index % 3]);
    const { logits, probabilities, classes } = await classifier.classify({ pixels, count, height: 8, width: 8 });
    const expected = await inference.run(normalised, count);
    expect(classes).toBe(3);
    expect(logits.length).toBe(count * 3);
    logits.forEach((value, index) => {
      expect(Math.abs(value - expected[index])).toBeLessThan(1e-5);
    });
    for (let row = 0; row < count; row++) {
      const exponents = [0, 1, 2].map((column) => Math.exp(logits[row * 3 + column]));
      const sum = exponents.reduce((a, b) => a + b);
      exponents.forEach((value, column) => {
        expect(Math.abs(probabilities[row * 3 + column] - value / sum)).toBeLessThan(1e-6);
      });
    }
  }
  await inference.dispose();
  await classifier.dispose();
});

test('exportClassifier() without the preprocessing takes prepared pictures and gives the same logits', async () => {
  const { mean, std } = model.image;
  const pixels = pictures(3, 8, 8);
  const prepared = Float32Array.from(pixels, (value, index) => (value / 255 - mean[index % 3]) / std[index % 3]);
  const session = await openSession(await exportClassifier({ ...model, preprocessing: 'left out' }), { threads: 1 });
  const { logits } = await session.run({ [session.inputNames[0]]: new Tensor('float32', prepared, [3, 8, 8, 3]) });
  const whole = await loadClassifier(await exportClassifier(model), { threads: 1 });
  const expected = (await whole.classify({ pixels, count: 3, height: 8, width: 8 })).logits;
  (logits.data as Float32Array).forEach((value, index) => {
    expect(Math.abs(value - expected[index])).toBeLessThan(1e-5);
  });
  await session.release();
  await whole.dispose();
});

test('exportClassifier() keeps labels and picture preparation in the metadata', async () => {
  const bytes = await exportClassifier(model);
  expect(JSON.parse(readMetadata(bytes).image)).toEqual(model.image);
  const classifier = await loadClassifier(bytes);
  expect(classifier.labels).toEqual(model.labels);
  await classifier.dispose();
});

test('exportClassifier() refuses a wrong picture preparation, wrong labels and wrong logits', async () => {
  const image = { ...model.image, resize: 7 };
  await expect(exportClassifier({ ...model, image })).rejects.toThrow(
    'image.resize is 7, must be an integer >= crop (8)',
  );
  await expect(exportClassifier({ ...model, labels: ['a'] })).rejects.toThrow('labels has 1 names');
  await expect(exportClassifier({ ...model, forward: (x) => tf.mean(x, [1]), labels: undefined })).rejects.toThrow(
    'gives [N,8,3], must give logits [N,3]',
  );
});

test('Classifier.classify() refuses pixels that do not fill the pictures', async () => {
  const classifier = await loadClassifier(await exportClassifier(model));
  const wrong = classifier.classify({ pixels: new Uint8Array(10), count: 1, height: 2, width: 2 });
  await expect(wrong).rejects.toThrow('pixels has 10 bytes, must have 12 (1 × 2 × 2 × 3)');
  await classifier.dispose();
});

test('loadClassifier() refuses bytes that are not an ONNX file', async () => {
  await expect(loadClassifier(Uint8Array.of(255, 255, 1))).rejects.toThrow('Cannot read an ONNX file');
});
