import { expect, test } from 'vitest';
import { featureExamples, packedFeatures, someExamples, widenedFeatures } from './feature-values.js';

const place = { architecture: 'vgg16', cut: 'features.24' };
const values = Float32Array.from([0, 1, -2.5, 0.1, 2049, 2051, 65504, 65519, 1e-8, -0]);

test('packedFeatures() as fp16 rounds to the nearest half, ties to even, and widening loses nothing more', () => {
  const halves = packedFeatures(values, 'fp16', place);
  expect(halves).toBeInstanceOf(Uint16Array);
  const widened = widenedFeatures(halves);
  expect([...widened]).toEqual([0, 1, -2.5, 0.0999755859375, 2048, 2052, 65504, 65504, 0, -0]);
  expect(packedFeatures(widened, 'fp16', place)).toEqual(halves);
});

test('packedFeatures() as fp32 and its widening copy nothing', () => {
  expect(packedFeatures(values, 'fp32', place)).toBe(values);
  expect(widenedFeatures(values)).toBe(values);
  expect(featureExamples(values)).toBe(values);
});

test('packedFeatures() names network, cut and value where a half cannot hold a finite feature, and keeps what is not', () => {
  const text =
    'Cannot keep features of vgg16 at features.24 as fp16: one is -65520, halves reach 65504. ' +
    'Set training.featureDtype to fp32';
  expect(() => packedFeatures(Float32Array.of(1, -65520), 'fp16', place)).toThrow(text);
  const broken = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY);
  expect(widenedFeatures(packedFeatures(broken, 'fp16', place))).toEqual(broken);
});

test('featureExamples() of halves reads what widening all of them gives', () => {
  const halves = packedFeatures(values, 'fp16', place);
  const examples = featureExamples(halves);
  expect(examples.length).toBe(10);
  const row = new Float32Array(2);
  const rows = [0, 1, 2, 3, 4].flatMap((index) => {
    if (!(examples instanceof Float32Array)) examples.read(index, row);
    return [...row];
  });
  expect(rows).toEqual([...widenedFeatures(halves)]);
});

test('someExamples() reads those that are named, in their order', () => {
  const some = someExamples(values, [3, 0], 2);
  const row = new Float32Array(2);
  const rows = [0, 1].map((index) => {
    if (!(some instanceof Float32Array)) some.read(index, row);
    return [...row];
  });
  expect(rows).toEqual([
    [65504, 65519],
    [0, 1],
  ]);
  expect(some.length).toBe(4);
  expect(someExamples(values, [0, 1, 2, 3, 4], 2)).toBe(values);
});
