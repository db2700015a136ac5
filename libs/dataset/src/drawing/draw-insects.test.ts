import { expect, test } from 'vitest';
import { hashSeed, Rng } from '#primitives';
import { decodeRgb } from '../decode-rgb.js';
import { drawInsectJpeg, insectClasses } from './draw-insects.js';

async function colours(from: number, to: number): Promise<{ mean: number[]; label: number }[]> {
  const rows: { mean: number[]; label: number }[] = [];
  for (let index = from; index < to; index++) {
    const label = index % 2;
    const jpeg = await drawInsectJpeg(new Rng(hashSeed(5, index)), insectClasses[label]);
    const { pixels } = await decodeRgb(jpeg);
    const mean = [0, 0, 0];
    for (let i = 0; i < pixels.length; i++) mean[i % 3] += (pixels[i] * 3) / pixels.length;
    rows.push({ mean, label });
  }
  return rows;
}

test('drawInsectJpeg() gives the same bytes for a seed, and others for another seed or class', async () => {
  const first = await drawInsectJpeg(new Rng(1), 'ants');
  expect(Buffer.compare(first, await drawInsectJpeg(new Rng(1), 'ants'))).toBe(0);
  expect(Buffer.compare(first, await drawInsectJpeg(new Rng(2), 'ants'))).not.toBe(0);
  expect(Buffer.compare(first, await drawInsectJpeg(new Rng(1), 'bees'))).not.toBe(0);
  const { width, height } = await decodeRgb(first);
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(180);
  expect(Math.max(width, height)).toBeLessThanOrEqual(320);
});

// 60 test pictures, fixed seed: a classifier that guesses exceeds 0.75 with probability below 0.001.
test('drawInsectJpeg() gives the class away neither by the mean colour nor by its neighbours', async () => {
  const known = await colours(0, 120);
  const asked = await colours(120, 180);
  const distance = (a: number[], b: number[]) => a.reduce((sum, value, c) => sum + (value - b[c]) ** 2, 0);
  const centre = [0, 1].map((label) => {
    const own = known.filter((row) => row.label === label);
    return [0, 1, 2].map((c) => own.reduce((sum, row) => sum + row.mean[c] / own.length, 0));
  });
  const byCentre = asked.filter(({ mean, label }) => distance(mean, centre[label]) < distance(mean, centre[1 - label]));
  const byNeighbours = asked.filter(({ mean, label }) => {
    const nearest = [...known].sort((a, b) => distance(a.mean, mean) - distance(b.mean, mean)).slice(0, 5);
    return nearest.filter((row) => row.label === label).length >= 3;
  });
  expect(byCentre.length / asked.length).toBeLessThan(0.75);
  expect(byNeighbours.length / asked.length).toBeLessThan(0.75);
});
