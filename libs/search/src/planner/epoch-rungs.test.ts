import { expect, test } from 'vitest';
import { epochRungs, mostEpochs } from './epoch-rungs.js';

test.each([
  [{ low: 1, high: 50, step: 1 }, [1, 2, 4, 8, 16, 32, 50]],
  [{ low: 2, high: 12, step: 2 }, [2, 4, 8, 12]],
  [{ low: 3, high: 14, step: 5 }, [3, 8, 13]],
  [{ low: 4, high: 4, step: 1 }, [4]],
  [{ low: 1, high: 5, step: 1 }, [1, 2, 5]],
])('epochRungs(%o) doubles within what is allowed and ends with the most', (epochs, rungs) => {
  expect(epochRungs(epochs)).toEqual(rungs);
  expect(mostEpochs(epochs)).toBe(rungs.at(-1));
});

test('epochRungs() of a list takes its values, whatever their order', () => {
  expect(epochRungs([40, 5, 20, 10, 6])).toEqual([5, 10, 20, 40]);
});
