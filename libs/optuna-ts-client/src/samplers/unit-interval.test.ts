import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { intDistribution } from '../distributions/int-distribution.js';
import { cardinality, contains, internalAt } from '../distributions/internal-representation.js';
import { fromUnit, toUnit, unitWidth } from './unit-interval.js';

const finite = [
  categoricalDistribution(['a', null, 3]),
  intDistribution(-4, 20, { step: 3 }),
  intDistribution(1, 256, { log: true }),
  floatDistribution(0.5, 0.95, { step: 0.05 }),
  intDistribution(7, 7),
];

test.each(finite)('toUnit() and fromUnit() give every value its own part of [0, 1]: $type', (distribution) => {
  let covered = 0;
  for (let k = 0; k < cardinality(distribution); k++) {
    const internal = internalAt(distribution, k);
    const unit = toUnit(distribution, internal);
    expect(fromUnit(distribution, unit)).toBe(internal);
    expect(unit).toBeGreaterThan(covered - 1e-12);
    covered += unitWidth(distribution, unit);
  }
  expect(covered).toBeCloseTo(1, 12);
});

test('fromUnit() stays inside for any share, and inverts toUnit() on continuous ranges', () => {
  const ranges = [floatDistribution(-3, 5), floatDistribution(1e-5, 0.1, { log: true })];
  fc.assert(
    fc.property(fc.double({ min: -2, max: 3, noNaN: true }), fc.integer({ min: 0, max: 1 }), (unit, which) => {
      for (const distribution of finite) expect(contains(distribution, fromUnit(distribution, unit))).toBe(true);
      const internal = fromUnit(ranges[which], unit);
      expect(contains(ranges[which], internal)).toBe(true);
      expect(toUnit(ranges[which], internal)).toBeCloseTo(Math.min(1, Math.max(0, unit)), 9);
    }),
    { seed: 1, numRuns: 300 },
  );
  expect(unitWidth(ranges[0], 0.5)).toBe(0);
});
