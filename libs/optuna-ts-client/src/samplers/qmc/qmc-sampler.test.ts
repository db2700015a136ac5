import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import type { SearchSpace } from '../../search-space.js';
import { describeSampler } from '../../testing/describe-sampler.js';
import { makeTrial } from '../../testing/make-trial.js';
import { readGolden } from '../../testing/read-golden.js';
import { propose } from '../propose.js';
import { samplerContext } from '../sampler.js';
import { haltonCoordinate } from './halton-sequence.js';
import { QmcSampler, type QmcSamplerOptions } from './qmc-sampler.js';
import { SOBOL_DIMENSIONS, sobolCoordinate } from './sobol-sequence.js';

interface Golden {
  indexes: number[];
  sobol: number[][];
  halton: number[][];
}

describeSampler('QMC, Halton', () => new QmcSampler({ sequence: 'halton' }));

const golden = readGolden<Golden>('qmc-points');
const dimensions = [...Array(SOBOL_DIMENSIONS).keys()];

test.each(golden.indexes.map((index, row) => ({ index, row })))(
  'sobolCoordinate() and haltonCoordinate() equal scipy: point $index',
  ({ index, row }) => {
    expect(dimensions.map((dimension) => sobolCoordinate(index, dimension) * 2 ** 32)).toEqual(golden.sobol[row]);
    for (const dimension of dimensions) {
      expect(haltonCoordinate(index, dimension)).toBeCloseTo(golden.halton[row][dimension], 14);
    }
  },
);

/** `count` points of a study, asked one after the other. */
function points(options: QmcSamplerOptions, count: number, width: number, seed: number): number[][] {
  const space = Object.fromEntries(
    Array.from({ length: width }, (_, i) => [`x${String(i).padStart(2, '0')}`, floatDistribution(0, 1)]),
  );
  const sampler = new QmcSampler(options);
  return Array.from({ length: count }, (_, trialNumber) => {
    const context = samplerContext({ seed, trialNumber, directions: ['minimize'] });
    return Object.values(propose(sampler, context, [], space).internalParams);
  });
}

/** L2-star discrepancy of points in the unit cube: Warnock 1972, doi:10.1016/B978-0-12-775950-0.50015-7. */
function discrepancy(rows: readonly number[][]): number {
  const product = (factors: readonly number[]) => factors.reduce((all, factor) => all * factor, 1);
  const single = rows.reduce((sum, row) => sum + product(row.map((x) => (1 - x * x) / 2)), 0);
  let pairs = 0;
  for (const a of rows) for (const b of rows) pairs += product(a.map((x, d) => 1 - Math.max(x, b[d])));
  return Math.sqrt(3 ** -rows[0].length - (2 / rows.length) * single + pairs / rows.length ** 2);
}

test.each([
  { sequence: 'sobol', width: 2, gain: 4 },
  { sequence: 'sobol', width: 6, gain: 1.5 },
  { sequence: 'halton', width: 2, gain: 4 },
  { sequence: 'halton', width: 6, gain: 1.5 },
] as const)('QmcSampler fills $width dimensions more evenly than chance: $sequence', ({ sequence, width, gain }) => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const seeds = [1, 2, 3, 4, 5];
  const even = seeds.map((seed) => discrepancy(points({ sequence }, 256, width, seed)));
  const chance = seeds.map((seed) => {
    const rng = new Rng(seed);
    return discrepancy(Array.from({ length: 256 }, () => Array.from({ length: width }, () => rng.float())));
  });
  expect(mean(chance) / mean(even)).toBeGreaterThan(gain);
});

test('QmcSampler keeps the number of Sobol points in every part when it scrambles', () => {
  for (const seed of [1, 2, 3]) {
    const rows = points({}, 64, 21, seed);
    for (let dimension = 0; dimension < 21; dimension++) {
      const parts = rows.map((row) => Math.floor(row[dimension] * 64)).sort((a, b) => a - b);
      expect(parts).toEqual([...Array(64).keys()]);
    }
    // A (0, 6, 2)-net: every box of 2^-k by 2^(k-6) holds one of the first two dimensions' points.
    for (let k = 0; k <= 6; k++) {
      const boxes = rows.map(([x, y]) => Math.floor(x * 2 ** k) * 2 ** (6 - k) + Math.floor(y * 2 ** (6 - k)));
      expect(new Set(boxes).size).toBe(64);
    }
  }
});

test('QmcSampler scrambles every point to a uniform one: mean and variance over seeds', () => {
  const firsts = Array.from({ length: 2000 }, (_, seed) => points({}, 1, 1, seed)[0][0]);
  const mean = firsts.reduce((sum, x) => sum + x, 0) / firsts.length;
  const variance = firsts.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / firsts.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4.5 * Math.sqrt(1 / 12 / 2000));
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(4.5 * Math.sqrt(1 / 180 / 2000));
});

test('QmcSampler draws choices and grid points equally often, constants and all', () => {
  const space: SearchSpace = {
    architecture: categoricalDistribution(['a', 'b', 'c', 'd']),
    epochs: intDistribution(1, 8),
    only: categoricalDistribution(['one']),
    rate: floatDistribution(1e-5, 1e-1, { log: true }),
  };
  const rows = Array.from({ length: 64 }, (_, trialNumber) => {
    const context = samplerContext({ seed: 5, trialNumber, directions: ['minimize'] });
    return propose(new QmcSampler(), context, [], space).params;
  });
  const pairs = new Map<string, number>();
  for (const { architecture, epochs } of rows) {
    pairs.set(`${architecture}${epochs}`, (pairs.get(`${architecture}${epochs}`) ?? 0) + 1);
  }
  expect([...pairs.values()]).toEqual(Array(32).fill(2));
  expect(rows.every(({ only }) => only === 'one')).toBe(true);
  expect(rows.filter(({ rate }) => (rate as number) < 1e-3).length).toBe(32);
});

test('QmcSampler passes over enqueued and earlier trials, and gives a trial the same point whatever came after', () => {
  const space: SearchSpace = { x: floatDistribution(0, 1), y: floatDistribution(0, 1) };
  const at = (trialNumber: number, history: Parameters<QmcSampler['sampleRelative']>[1]) =>
    new QmcSampler().sampleRelative(samplerContext({ seed: 1, trialNumber, directions: ['minimize'] }), history, space);
  const plain = [0, 1, 2, 3].map((number) => makeTrial({ number }));
  const enqueued = makeTrial({ number: 1, systemAttrs: { fixed_params: { x: 0 } } });
  const earlier = makeTrial({ number: 0, weight: 0.5 });
  expect(at(3, [plain[0], enqueued, plain[2]])).toEqual(at(2, plain.slice(0, 2)));
  expect(at(3, [earlier, enqueued, plain[2]])).toEqual(at(1, plain.slice(0, 1)));
  expect(at(2, [...plain, makeTrial({ number: 4, state: 'RUNNING' })])).toEqual(at(2, []));
});

test('QmcSampler draws parents and conditional parameters as coordinates of one point', () => {
  const context = samplerContext({ seed: 1, trialNumber: 5, directions: ['minimize'] });
  const sampler = new QmcSampler();
  const whole = sampler.sampleRelative(context, [], { a: floatDistribution(0, 1), b: floatDistribution(0, 1) });
  expect(sampler.sampleRelative({ ...context, fixed: { a: 0 } }, [], { b: floatDistribution(0, 1) })).toEqual({
    b: whole.b,
  });
});

test('QmcSampler leaves what is beyond its 64 dimensions to be drawn alone', () => {
  const space = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`x${i}`, floatDistribution(0, 1)]));
  const context = samplerContext({ seed: 1, trialNumber: 9, directions: ['minimize'] });
  expect(Object.keys(new QmcSampler().sampleRelative(context, [], space)).length).toBe(64);
  expect(Object.keys(propose(new QmcSampler(), context, [], space).params).length).toBe(70);
});
