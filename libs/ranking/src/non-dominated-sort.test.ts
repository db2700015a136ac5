import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates } from './dominance.js';
import { nonDominatedSort, paretoFront } from './non-dominated-sort.js';

/** Rows on a coarse grid, so that ties and copies are common. */
function rowsOf(objectives: number) {
  const loss = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(Infinity, -Infinity));
  return fc.array(fc.array(loss, { minLength: objectives, maxLength: objectives }), { maxLength: 40 });
}

/** Layers by definition: peel off what nothing left dominates. */
function peel(rows: number[][]): number[] {
  const ranks = rows.map(() => -1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = rows.flatMap((_, index) => (ranks[index] === -1 ? [index] : []));
    const layer = left.filter((index) => !left.some((other) => dominates(rows[other], rows[index])));
    for (const index of layer) ranks[index] = rank;
  }
  return ranks;
}

test.each([1, 2, 3, 4])('nonDominatedSort() equals peeling layer by layer, %d objectives', (objectives) => {
  fc.assert(
    fc.property(rowsOf(objectives), (rows) => {
      expect([...nonDominatedSort(rows)]).toEqual(peel(rows));
    }),
    { seed: 1, numRuns: 200 },
  );
});

test.each([1, 2, 3])('paretoFront() is rank 0 of the feasible rows, %d objectives', (objectives) => {
  fc.assert(
    fc.property(
      rowsOf(objectives),
      fc.array(fc.constantFrom(0, 0, 1, Number.NaN), { minLength: 40, maxLength: 40 }),
      (rows, all) => {
        const violations = all.slice(0, rows.length);
        const feasible = rows.flatMap((_, index) => (violations[index] === 0 ? [index] : []));
        const ranks = nonDominatedSort(rows, violations);
        expect(paretoFront(rows, violations)).toEqual(feasible.filter((index) => ranks[index] === 0));
      },
    ),
    { seed: 2, numRuns: 200 },
  );
});

test('nonDominatedSort() puts infeasible rows after feasible ones, by violation, and NaN last', () => {
  const losses = [
    [9, 9],
    [1, 1],
    [0, 0],
    [5, 5],
    [0, Number.NaN],
    [0, 0],
    [0, 0],
  ];
  const violations = [0, 0, 2, 0, 0, 0.5, Number.NaN];
  expect([...nonDominatedSort(losses, violations)]).toEqual([2, 0, 4, 1, 5, 3, 5]);
  expect([...nonDominatedSort([[3], [1], [1], [2]], [1, 1, 0, 1])]).toEqual([1, 1, 0, 1]);
});

test('nonDominatedSort() and paretoFront() take no rows and refuse uneven ones', () => {
  expect([...nonDominatedSort([])]).toEqual([]);
  expect(paretoFront([])).toEqual([]);
  expect(() => nonDominatedSort([[1, 2], [1]])).toThrow('losses[1] has 1 values, must have 2');
  expect(() => nonDominatedSort([[1]], [])).toThrow('violations has 0 values, must have one for each of 1 rows');
});

test('paretoFront() is empty when nothing is feasible, and keeps copies', () => {
  expect(paretoFront([[1, 1]], [0.1])).toEqual([]);
  expect(
    paretoFront([
      [1, 1],
      [2, 2],
      [1, 1],
      [Number.NaN, 0],
    ]),
  ).toEqual([0, 2]);
});
