import { describe, expect, test } from 'vitest';
import { Rng } from '#primitives';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import type { Distribution } from '../../distributions/distribution.js';
import { jsonToDistribution } from '../../distributions/distribution-json.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import { contains } from '../../distributions/internal-representation.js';
import { readGolden } from '../../testing/read-golden.js';
import type { BandwidthRule } from './bandwidths.js';
import { ParzenEstimator } from './parzen-estimator.js';
import { ageWeights } from './trial-weights.js';

interface Golden {
  distributions: Record<string, string>;
  cases: {
    names: string[];
    rows: number[][];
    weights: number[] | null;
    priorWeight: number;
    points: number[][];
    logDensities: number[];
  }[];
}

function columnsOf(rows: readonly (readonly number[])[], distributions: readonly Distribution[]) {
  return distributions.map((distribution, dimension) => ({
    distribution,
    values: Float64Array.from(rows, (row) =>
      distribution.type !== 'categorical' && distribution.log ? Math.log(row[dimension]) : row[dimension],
    ),
  }));
}

describe.each([
  { version: '3.1.0', bandwidth: 'sample-size' },
  { version: '5.0.0', bandwidth: 'neighbours' },
] satisfies { version: string; bandwidth: BandwidthRule }[])(
  'ParzenEstimator with bandwidth $bandwidth against Optuna $version',
  ({ version, bandwidth }) => {
    const { distributions, cases } = readGolden<Golden>(`parzen-estimator-${version}`);

    test.each(cases)('logDensity() of $names equals Optuna within 1e-9, $rows.length rows', (golden) => {
      const { names, rows, weights, priorWeight, points, logDensities } = golden;
      const estimator = new ParzenEstimator(
        columnsOf(
          rows,
          names.map((name) => jsonToDistribution(distributions[name])),
        ),
        weights ?? ageWeights(rows.length),
        { bandwidth, priorWeight },
      );
      for (const [index, actual] of estimator.logDensities(points).entries()) {
        const expected = logDensities[index];
        expect(Math.abs(actual - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
      }
    });
  },
);

test('ParzenEstimator.draw() follows logDensity(): frequencies on a grid within 4.5 standard errors', () => {
  const distributions = [
    categoricalDistribution(['a', 'b', 'c']),
    intDistribution(1, 6),
    intDistribution(1, 4, { log: true }),
  ];
  const estimator = new ParzenEstimator(
    columnsOf(
      [
        [0, 2, 1],
        [2, 5, 4],
        [0, 3, 2],
      ],
      distributions,
    ),
    [1, 0.5, 0.8],
    {
      bandwidth: 'sample-size',
      priorWeight: 1,
    },
  );
  const draws = 20_000;
  const counts = new Map<string, number>();
  const rng = new Rng(5);
  for (let i = 0; i < draws; i++) {
    const key = estimator.draw(rng).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let total = 0;
  for (let a = 0; a < 3; a++) {
    for (let b = 1; b <= 6; b++) {
      for (let c = 1; c <= 4; c++) {
        const share = Math.exp(estimator.logDensities([[a, b, c]])[0]);
        total += share;
        const error = Math.abs((counts.get(`${a} ${b} ${c}`) ?? 0) / draws - share);
        // 72 cells: a false alarm has a chance below 72 · 7e-6, and the seed is fixed.
        expect(error).toBeLessThan(4.5 * Math.sqrt((share * (1 - share)) / draws));
      }
    }
  }
  expect(total).toBeCloseTo(1, 12);
});

test('ParzenEstimator.draw() stays inside every distribution, observations at and beyond the ends', () => {
  const distributions = [
    floatDistribution(1e-5, 1e-1, { log: true }),
    floatDistribution(0, 1, { step: 0.3 }),
    floatDistribution(2, 3),
  ];
  const rows = [
    [1e-5, 0, 2],
    [1e-1, 0.9, 3],
    [1, 0.3, 9],
    [1e-5, 0.6, 2],
  ];
  const estimator = new ParzenEstimator(columnsOf(rows, distributions), [1, 1, 1, 1], {
    bandwidth: 'neighbours',
    priorWeight: 1e-6,
  });
  const rng = new Rng(1);
  for (let i = 0; i < 500; i++) {
    const row = estimator.draw(rng);
    expect(distributions.every((distribution, dimension) => contains(distribution, row[dimension]))).toBe(true);
    expect(Number.isFinite(estimator.logDensities([row])[0])).toBe(true);
  }
});
