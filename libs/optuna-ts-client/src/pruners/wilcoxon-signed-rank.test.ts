import { expect, test } from 'vitest';
import { readGolden } from '../testing/read-golden.js';
import { wilcoxonSignedRank } from './wilcoxon-signed-rank.js';

const { cases } = readGolden<{ cases: { differences: number[]; less: number; greater: number }[] }>(
  'wilcoxon-signed-rank',
);

test.each(cases)(
  'wilcoxonSignedRank() equals scipy: $differences.length differences',
  ({ differences, less, greater }) => {
    for (const [alternative, expected] of [['less', less] as const, ['greater', greater] as const]) {
      // The reference itself loses digits of tails below 1e-7: it takes them from 1.
      const tolerance = expected < 1e-7 ? 1e-15 : 1e-9 * expected;
      expect(Math.abs(wilcoxonSignedRank(differences, alternative) - expected)).toBeLessThanOrEqual(tolerance);
    }
  },
);

test('wilcoxonSignedRank() says NaN where nothing can be said', () => {
  expect(wilcoxonSignedRank([], 'less')).toBeNaN();
  expect(wilcoxonSignedRank([1, Number.NaN], 'less')).toBeNaN();
});
