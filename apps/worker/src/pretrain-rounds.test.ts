import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { TrainingPlan } from '#engine';
import { Rng, systemClock } from '#primitives';
import { learningRateAt } from './pretrain-recipe.js';
import { type PretrainProgress, trainRounds } from './pretrain-rounds.js';

const side = 4;
const size = side * side * 3;
const rng = new Rng(1);
const count = 64;
const labels = Int32Array.from({ length: count }, (_, index) => index % 2);
// Class 1 is bright: one weight tells them apart, whichever way a picture is turned.
const pixels = Uint8Array.from(
  { length: count * size },
  (_, at) => (labels[Math.floor(at / size)] as number) * 150 + rng.integer(0, 100),
);
const plan: TrainingPlan = {
  forward: (x, context) => tf.matMul(tf.reshape(x, [-1, size]), context.tensor('w')),
  tensors: [{ name: 'w', shape: [size, 2], data: new Float32Array(size * 2) }],
  trainable: () => true,
  inputShape: [side, side, 3],
  classes: 2,
  batchSize: 8,
  momentum: 0,
  weightDecay: 0,
  seed: 3,
};

async function run(learningRate: number) {
  const told: PretrainProgress[] = [];
  const tensors = await trainRounds(
    {
      recipe: { imagesPerClass: 32, epochs: 2, batchSize: 8, learningRate, weightDecay: 0 },
      train: { pixels, labels, ids: [], side },
      image: { resize: side, crop: side, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
      seed: 3,
      clock: systemClock,
      onProgress: (progress) => told.push(progress),
    },
    plan,
  );
  return { told, weights: tensors[0]?.data as Float32Array };
}

test('trainRounds() learns, tells after each round, and gives the same bytes for a seed', async () => {
  const { told, weights } = await run(0.01);
  expect(told.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((round) => round / 8));
  expect(told.at(-1)?.loss).toBeLessThan(0.5 * (told[0]?.loss as number));
  expect(told.some(({ undone }) => undone)).toBe(false);
  expect((await run(0.01)).weights).toEqual(weights);
});

test('trainRounds() undoes a round that collapses and goes on at half the rate', async () => {
  const { told, weights } = await run(1e38);
  const undone = told.filter((one) => one.undone);
  expect(undone.length).toBeGreaterThan(0);
  const after = told[told.indexOf(undone[0] as PretrainProgress) + 1] as PretrainProgress;
  const planned = learningRateAt(told.indexOf(after), 8, 1e38);
  expect(after.learningRate).toBe(planned / 2);
  expect(weights.every(Number.isFinite)).toBe(true);
});

test('learningRateAt() warms up, holds and steps down', () => {
  const rates = Array.from({ length: 100 }, (_, round) => learningRateAt(round, 100, 1));
  expect(rates[0]).toBeCloseTo(1 / 9, 12);
  expect(rates[8]).toBe(1);
  expect(rates[49]).toBe(1);
  expect(rates[50]).toBeCloseTo(0.3, 12);
  expect(rates[99]).toBeCloseTo(0.3 ** 4, 12);
});
