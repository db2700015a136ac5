import { expect, test } from 'vitest';
import { categoricalDistribution } from './distributions/categorical-distribution.js';
import { floatDistribution } from './distributions/float-distribution.js';
import { intDistribution } from './distributions/int-distribution.js';
import { intersectionSearchSpace, isCompatible } from './search-space.js';
import { makeTrial } from './testing/make-trial.js';

const x = floatDistribution(0, 1);
const y = intDistribution(1, 9);

test('intersectionSearchSpace() keeps what all finished trials have, by name, with the last range', () => {
  const wider = floatDistribution(0, 2);
  const history = [
    makeTrial({ params: { y: 2, x: 0.5, z: 1 }, distributions: { y, x, z: x } }),
    makeTrial({ state: 'PRUNED', params: { x: 1.5, y: 3 }, distributions: { x: wider, y } }),
    makeTrial({ state: 'FAIL' }),
    makeTrial({ state: 'RUNNING', params: { y: 2 }, distributions: { y } }),
  ];
  expect(Object.entries(intersectionSearchSpace(history))).toEqual([
    ['x', wider],
    ['y', y],
  ]);
});

test('intersectionSearchSpace() is empty without finished trials, and leaves out single values and changed kinds', () => {
  expect(intersectionSearchSpace([])).toEqual({});
  const one = { a: categoricalDistribution(['only']), b: categoricalDistribution(['p', 'q']), c: y };
  const other = { a: one.a, b: categoricalDistribution(['q', 'p']), c: floatDistribution(1, 9) };
  const params = { a: 'only', b: 'p', c: 2 };
  expect(
    intersectionSearchSpace([makeTrial({ params, distributions: one }), makeTrial({ params, distributions: other })]),
  ).toEqual({});
});

test('isCompatible() allows other ranges, not other kinds, scales or choices', () => {
  expect(isCompatible(x, floatDistribution(5, 6, { step: 0.5 }))).toBe(true);
  expect(isCompatible(x, y)).toBe(false);
  expect(isCompatible(intDistribution(1, 4), intDistribution(1, 4, { log: true }))).toBe(false);
  expect(isCompatible(categoricalDistribution([1]), categoricalDistribution([true]))).toBe(false);
  expect(isCompatible(categoricalDistribution([1]), y)).toBe(false);
});
