import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { nonDominatedSort, selectByHypervolume } from '#ranking';
import { firstFronts } from './first-fronts.js';
import { selectFront } from './select-front.js';

/** Rows with many ties and copies, and some infinite losses. */
function rowsOf(seed: number, count: number, width: number): number[][] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: width }, () => (rng.float() < 0.03 ? -Infinity : Math.round(rng.normal() * 6))),
  );
}

test.each([1, 2, 3, 4].flatMap((width) => [2, 5, 40, 150].map((count) => ({ width, count }))))(
  'firstFronts() finds the fronts that nonDominatedSort() ranks first: $count of 200 rows of $width losses',
  ({ width, count }) => {
    for (let seed = 0; seed < 8; seed++) {
      const rows = rowsOf(seed, 200, width);
      const ranks = nonDominatedSort(rows);
      const byRank = [...rows.keys()].sort((a, b) => ranks[a] - ranks[b]);
      const cutRank = ranks[byRank[count - 1]];
      const isCut = ranks[byRank[count]] === cutRank;
      const sorted = Int32Array.from(rows.keys()).sort((a, b) => {
        const objective = rows[a].findIndex((loss, index) => loss !== rows[b][index]);
        return objective < 0 ? a - b : rows[a][objective] < rows[b][objective] ? -1 : 1;
      });
      const { whole, cut } = firstFronts(sorted, Float64Array.from(rows.flat()), width, count);
      const ofRank = (isWanted: (rank: number) => boolean) => byRank.filter((row) => isWanted(ranks[row])).sort();
      expect([...whole].sort()).toEqual(ofRank((rank) => (isCut ? rank < cutRank : rank <= cutRank)));
      expect([...cut].sort()).toEqual(isCut ? ofRank((rank) => rank === cutRank) : []);
    }
  },
);

test('selectFront() chooses from a front of two objectives what selectByHypervolume() chooses, copies included', () => {
  for (let seed = 0; seed < 30; seed++) {
    const rows = rowsOf(seed, 120, 2).filter((row) => row.every(Number.isFinite));
    const ranks = nonDominatedSort(rows);
    for (const rank of [0, 1]) {
      const front = rows.filter((_, index) => ranks[index] === rank);
      for (const count of [1, 3, front.length - 1, front.length + 2]) {
        const reference = [50, 50]; // whole numbers: equal volumes come out equal both ways
        expect(selectFront(front, count, reference)).toEqual(selectByHypervolume(front, count, reference));
      }
    }
  }
});
