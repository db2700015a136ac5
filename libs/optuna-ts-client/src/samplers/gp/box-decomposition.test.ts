import { describe, expect, test } from 'vitest';
import { Rng } from '#primitives';
import { hypervolume } from '#ranking';
import { readGolden } from '../../testing/read-golden.js';
import { type Box, nonDominatedBoxes } from './box-decomposition.js';

const { boxes } = readGolden<{
  boxes: { losses: number[][]; reference: number[]; points: number[][]; gains: number[] }[];
}>('gaussian-process');

/** What a row with these losses would add. */
function gain(decomposition: readonly Box[], losses: readonly number[]): number {
  return decomposition.reduce((sum, { lower, upper }) => {
    const sides = losses.map((loss, objective) => Math.max(0, upper[objective] - Math.max(lower[objective], loss)));
    return sum + sides.reduce((product, side) => product * side, 1);
  }, 0);
}

describe.each(boxes)('nonDominatedBoxes() of $losses.length rows of $reference.length losses', (golden) => {
  const decomposition = nonDominatedBoxes(golden.losses, golden.reference);

  test('gives the same gains as Optuna', () => {
    // Optuna replaces sides that are empty by 1e-12.
    for (const [i, point] of golden.points.entries())
      expect(gain(decomposition, point)).toBeCloseTo(golden.gains[i], 9);
  });

  test('gives gains that are differences of hypervolumes', () => {
    const rng = new Rng(golden.losses.length);
    for (let round = 0; round < 20; round++) {
      const point = golden.reference.map(() => rng.float() * 1.2);
      const difference =
        hypervolume([...golden.losses, point], golden.reference) - hypervolume(golden.losses, golden.reference);
      expect(gain(decomposition, point)).toBeCloseTo(difference, 12);
    }
  });
});

test('nonDominatedBoxes() makes few boxes', () => {
  const rng = new Rng(5);
  const onSphere = (m: number) => {
    const row = Array.from({ length: m }, () => Math.abs(rng.normal()));
    const length = Math.hypot(...row);
    return row.map((value) => 1 - value / length);
  };
  for (const { m, most } of [
    { m: 2, most: 41 },
    { m: 3, most: 81 },
  ]) {
    const front = Array.from({ length: 40 }, () => onSphere(m));
    expect(nonDominatedBoxes(front, Array(m).fill(1.1)).length).toBeLessThanOrEqual(most);
  }
});

test('nonDominatedBoxes() of one loss, of no rows and of rows beyond the reference', () => {
  const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
  const below = (upper: number) => [{ lower: [NEGATIVE_INFINITY], upper: [upper] }];
  expect(nonDominatedBoxes([[3], [-2], [5]], [POSITIVE_INFINITY])).toEqual(below(-2));
  expect(nonDominatedBoxes([[3]], [1])).toEqual(below(1));
  const all = [{ lower: [NEGATIVE_INFINITY, NEGATIVE_INFINITY], upper: [1, 1] }];
  expect(nonDominatedBoxes([], [1, 1])).toEqual(all);
  expect(
    nonDominatedBoxes(
      [
        [0, 1],
        [2, 0],
      ],
      [1, 1],
    ),
  ).toEqual(all);
});
