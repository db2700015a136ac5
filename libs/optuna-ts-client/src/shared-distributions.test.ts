import { expect, test } from 'vitest';
import { categoricalDistribution } from './distributions/categorical-distribution.js';
import { floatDistribution } from './distributions/float-distribution.js';
import { intDistribution } from './distributions/int-distribution.js';
import type { SearchSpace } from './search-space.js';
import { SharedDistributions } from './shared-distributions.js';

test('SharedDistributions.get() gives one copy for equal sets, and another for every difference', () => {
  const shared = new SharedDistributions();
  const make = () => ({ a: categoricalDistribution(['x', 1, null]), b: floatDistribution(0, 1) });
  const first = shared.get(make());
  expect(first).toEqual(make());
  expect(shared.get(make())).toBe(first);
  const others: SearchSpace[] = [
    { ...make(), a: categoricalDistribution(['x', 1]) },
    { ...make(), a: categoricalDistribution(['x', '1', null]) },
    { ...make(), b: floatDistribution(0, 2) },
    { ...make(), b: floatDistribution(0, 1, { step: 0.5 }) },
    { ...make(), b: intDistribution(0, 1) },
    { a: make().a },
    {},
  ];
  expect(new Set([first, ...others.map((other) => shared.get(other))]).size).toBe(1 + others.length);
  for (const other of others) expect(shared.get(other)).toEqual(other);
});

test('SharedDistributions.get() does not keep what its caller may change', () => {
  const mine = { a: categoricalDistribution(['x', 'y']) };
  const kept = new SharedDistributions().get(mine);
  (mine.a.choices as string[]).push('z');
  expect(kept).toEqual({ a: categoricalDistribution(['x', 'y']) });
});
