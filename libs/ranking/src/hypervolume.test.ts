import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hypervolume, hypervolumeContributions, selectByHypervolume } from './hypervolume.js';

/** Rows on a grid of 0 … 5, whose hypervolume is a count of unit cells. */
function rowsOf(objectives: number) {
  const row = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: objectives, maxLength: objectives });
  return fc.array(row, { minLength: 1, maxLength: 12 });
}

/** Counts the unit cells below `side` in every objective that some row dominates. */
function countCells(rows: number[][], objectives: number, side: number): number {
  let cells = 0;
  for (let cell = 0; cell < side ** objectives; cell++) {
    const corner = Array.from({ length: objectives }, (_, objective) => Math.floor(cell / side ** objective) % side);
    if (rows.some((row) => row.every((loss, objective) => loss <= corner[objective]))) cells++;
  }
  return cells;
}

test.each([1, 2, 3, 4])('hypervolume() equals counting cells, %d objectives', (objectives) => {
  fc.assert(
    fc.property(rowsOf(objectives), fc.integer({ min: 1, max: 5 }), (rows, side) => {
      expect(hypervolume(rows, Array(objectives).fill(side))).toBe(countCells(rows, objectives, side));
    }),
    { seed: 3, numRuns: objectives === 4 ? 60 : 200 },
  );
});

test.each([1, 2, 3])('hypervolumeContributions() is what is lost without the row, %d objectives', (objectives) => {
  fc.assert(
    fc.property(rowsOf(objectives), (rows) => {
      const reference = Array(objectives).fill(5);
      const whole = hypervolume(rows, reference);
      const lost = rows.map((_, index) => whole - hypervolume(rows.toSpliced(index, 1), reference));
      expect([...hypervolumeContributions(rows, reference)]).toEqual(lost);
    }),
    { seed: 4, numRuns: 300 },
  );
});

test.each([2, 3])('selectByHypervolume() takes the row that adds most each time, %d objectives', (objectives) => {
  fc.assert(
    fc.property(rowsOf(objectives), fc.integer({ min: 0, max: 14 }), (rows, count) => {
      const reference = Array(objectives).fill(5);
      const chosen: number[] = [];
      const volumeWith = (index: number) =>
        hypervolume(
          [...chosen, index].map((i) => rows[i]),
          reference,
        );
      while (chosen.length < Math.min(count, rows.length)) {
        const open = [...rows.keys()].filter((index) => !chosen.includes(index));
        chosen.push(open.reduce((best, index) => (volumeWith(index) > volumeWith(best) ? index : best)));
      }
      expect(selectByHypervolume(rows, count, reference)).toEqual(chosen);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('hypervolume() knows published values: the corner cases of a unit cube', () => {
  expect(
    hypervolume(
      [
        [0.25, 0.5],
        [0.5, 0.25],
      ],
      [1, 1],
    ),
  ).toBe(0.5);
  expect(
    hypervolume(
      [
        [0, 0, 0.5],
        [0.5, 0, 0],
        [0, 0.5, 0],
      ],
      [1, 1, 1],
    ),
  ).toBe(0.875);
});

test('hypervolume() takes no rows, rows outside, NaN and infinities', () => {
  expect(hypervolume([], [1, 1])).toBe(0);
  expect(
    hypervolume(
      [
        [1, 0],
        [Number.NaN, 0],
        [0, Number.POSITIVE_INFINITY],
      ],
      [1, 1],
    ),
  ).toBe(0);
  expect(hypervolume([[Number.NEGATIVE_INFINITY, 0]], [1, 1])).toBe(Number.POSITIVE_INFINITY);
  expect(() => hypervolume([[1, 2]], [1])).toThrow('reference has 1 values, must have 2');
  expect(() => hypervolumeContributions([[0, Number.NEGATIVE_INFINITY]], [1, 1])).toThrow('losses[0] holds -Infinity');
  expect([...hypervolumeContributions([], [1, 1])]).toEqual([]);
});
