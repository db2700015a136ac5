import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import type { Distribution } from '../distributions/distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { intDistribution } from '../distributions/int-distribution.js';
import { cardinality, internalAt } from '../distributions/internal-representation.js';
import { uniformDraw } from './uniform-draw.js';

const draws = 20_000;

/** Share of draws below `limit`. */
function shareBelow(distribution: Distribution, limit: number): number {
  const rng = new Rng(17);
  let below = 0;
  for (let i = 0; i < draws; i++) if (uniformDraw(distribution, rng) < limit) below++;
  return below / draws;
}

test.each([
  { distribution: floatDistribution(-1, 3), limit: 0, share: 0.25 },
  { distribution: floatDistribution(1e-5, 1e-1, { log: true }), limit: 1e-4, share: 0.25 },
  {
    distribution: intDistribution(1, 100, { log: true }),
    limit: 10,
    share: Math.log(9.5 / 0.5) / Math.log(100.5 / 0.5),
  },
])('uniformDraw() has the share $share below $limit', ({ distribution, limit, share }) => {
  // 4.5 standard errors: chance of a false alarm 7e-6, and the seed is fixed.
  expect(Math.abs(shareBelow(distribution, limit) - share)).toBeLessThan(
    4.5 * Math.sqrt((share * (1 - share)) / draws),
  );
});

test.each([
  categoricalDistribution(['a', 'b', 'c']),
  intDistribution(-2, 7, { step: 3 }),
  floatDistribution(0, 1, { step: 0.25 }),
])('uniformDraw() draws every value of a finite distribution equally often: $type', (distribution) => {
  const values = Array.from({ length: cardinality(distribution) }, (_, k) => internalAt(distribution, k));
  const share = 1 / values.length;
  for (const [index, value] of values.entries()) {
    const next = values[index + 1] ?? Number.POSITIVE_INFINITY;
    const drawn = shareBelow(distribution, next) - shareBelow(distribution, value);
    expect(Math.abs(drawn - share)).toBeLessThan(4.5 * Math.sqrt((share * (1 - share)) / draws));
  }
});
