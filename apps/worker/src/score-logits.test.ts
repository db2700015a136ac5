import { expect, test } from 'vitest';
import { confusionMatrix, scoreLogits } from './score-logits.js';

test('scoreLogits() gives the cross-entropy, the share of right answers and the first of equal logits', () => {
  const logits = new Float32Array([2, 0, 0, 1, 5, 5]);
  const score = scoreLogits(logits, Int32Array.from([0, 0, 1]), 2);
  const expected = (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1)) + Math.log(2)) / 3;
  expect(score.loss).toBeCloseTo(expected, 12);
  expect([...score.predictions]).toEqual([0, 1, 0]);
  expect(score.correct).toBe(1);
  expect(score.accuracy).toBeCloseTo(1 / 3, 12);
});

test('scoreLogits() does not overflow on large logits and shows NaN in the loss', () => {
  expect(scoreLogits(new Float32Array([1000, -1000]), Int32Array.from([1]), 2).loss).toBe(2000);
  const broken = scoreLogits(new Float32Array([Number.NaN, 1]), Int32Array.from([0]), 2);
  expect(broken.loss).toBeNaN();
  expect(broken.correct).toBe(0);
});

test('scoreLogits() refuses lengths that do not fit', () => {
  expect(() => scoreLogits(new Float32Array(3), new Int32Array(2), 2)).toThrow('must be 2 examples x 2 classes');
  expect(() => scoreLogits(new Float32Array(0), new Int32Array(0), 2)).toThrow(RangeError);
});

test('confusionMatrix() counts true classes in rows', () => {
  expect(confusionMatrix(Int32Array.from([0, 1, 1]), Int32Array.from([0, 0, 1]), 2)).toEqual([
    [1, 1],
    [0, 1],
  ]);
});
