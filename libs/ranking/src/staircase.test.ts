import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Staircase } from './staircase.js';

const point = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));

test('Staircase covers what some point covers, and its area is a count of cells', () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 20 }), (points) => {
      const stairs = new Staircase([7, 7]);
      for (const [first, second] of points) stairs.insert(first, second);
      let cells = 0;
      for (let x = 0; x < 7; x++) {
        for (let y = 0; y < 7; y++) {
          const isCovered = points.some(([first, second]) => first <= x && second <= y);
          expect(stairs.covers(x, y)).toBe(isCovered);
          if (isCovered) cells++;
        }
      }
      expect(stairs.area).toBe(cells);
    }),
    { seed: 6, numRuns: 300 },
  );
});
