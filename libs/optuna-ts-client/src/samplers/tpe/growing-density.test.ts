import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import { ContinuousColumn } from './continuous-column.js';
import { ParzenEstimator } from './parzen-estimator.js';
import { ageWeights } from './trial-weights.js';

const distributions = [
  categoricalDistribution(['a', 'b', 'c']),
  intDistribution(1, 50),
  floatDistribution(1e-5, 1e-1, { log: true }),
  floatDistribution(0, 1),
];
const drawRow = (rng: Rng) => [
  rng.integer(0, 3),
  rng.integer(1, 51),
  Math.exp(Math.log(1e-5) + rng.float() * Math.log(1e4)),
  rng.float(),
];

function estimatorOf(rows: readonly (readonly number[])[]): ParzenEstimator {
  const columns = distributions.map((distribution, dimension) => ({
    distribution,
    values: Float64Array.from(rows, (row) => (dimension === 2 ? Math.log(row[dimension]) : row[dimension])),
  }));
  return new ParzenEstimator(columns, ageWeights(rows.length), { bandwidth: 'sample-size', priorWeight: 1 });
}

test('GrowingDensity never falls while it grows, and ends at logDensities()', () => {
  const rng = new Rng(2);
  const estimator = estimatorOf(Array.from({ length: 700 }, () => drawRow(rng)));
  for (let draw = 0; draw < 20; draw++) {
    const row = drawRow(rng);
    const density = estimator.densityAt(row);
    let steps = 0;
    let log = density.log;
    expect(log).toBe(-Infinity);
    while (!density.isComplete) {
      density.grow();
      expect(density.log).toBeGreaterThanOrEqual(log);
      log = density.log;
      steps++;
    }
    expect(steps).toBeGreaterThan(3);
    expect(log).toBe(estimator.logDensities([row])[0]);
  }
});

test('ParzenEstimator of columns whose products leave the range of floats: the sum of their logarithms', () => {
  // 200 narrow parameters at one point: each makes the density about 40 times the prior's.
  const distribution = floatDistribution(0, 1);
  const columns = Array.from({ length: 200 }, () => ({ distribution, values: new Float64Array(300).fill(0.5) }));
  const estimator = new ParzenEstimator(columns, new Float64Array(300).fill(1), {
    bandwidth: 'neighbours',
    priorWeight: 1,
  });
  const one = new ContinuousColumn({ ...columns[0], dimensions: 200, rule: 'neighbours' });
  const expected = Array.from({ length: 300 }, (_, kernel) => 200 * one.logPeak(kernel));
  const highest = Math.max(...expected);
  const sum = expected.reduce((total, log) => total + Math.exp(log - highest) / 301, 0);
  expect(highest).toBeGreaterThan(300);
  expect(estimator.logDensities([new Array(200).fill(0.5)])[0]).toBeCloseTo(highest + Math.log(sum), 9);
});

test('ParzenEstimator with observations far outside the range: finite densities that integrate to 1', () => {
  const values = Float64Array.of(-12, 0.4, 20);
  const columns = [{ distribution: floatDistribution(0, 1), values }];
  const estimator = new ParzenEstimator(columns, [1, 1, 1], { bandwidth: 'sample-size', priorWeight: 1 });
  const steps = 20_000;
  const rows = Array.from({ length: steps }, (_, step) => [(step + 0.5) / steps]);
  const mass = estimator.logDensities(rows).reduce((sum, log) => sum + Math.exp(log) / steps, 0);
  expect(mass).toBeCloseTo(1, 4);
  const grid = [{ distribution: floatDistribution(0, 1, { step: 0.25 }), values }];
  const logs = new ParzenEstimator(grid, [1, 1, 1], { bandwidth: 'sample-size', priorWeight: 1 }).logDensities(
    [0, 0.25, 0.5, 0.75, 1].map((value) => [value]),
  );
  expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 12);
});
