import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { makeTrial } from '../testing/make-trial.js';
import { firstUntried, untriedCount } from './untried.js';

const space = { a: categoricalDistribution(['x', 'y']), b: floatDistribution(0, 0.3, { step: 0.1 }) };
const tried = (a: string, b: number, state: 'COMPLETE' | 'FAIL' | 'RUNNING' = 'COMPLETE', attempt = 1) =>
  makeTrial({ state, attempt, params: { a, b }, distributions: space });

test('untriedCount() counts configurations that no trial has, once each', () => {
  expect(untriedCount(space, [])).toBe(8);
  const history = [
    tried('x', 0.1),
    tried('x', 0.1),
    tried('y', 0.29999999999999993, 'FAIL'),
    tried('y', 0.3, 'RUNNING'),
  ];
  expect(untriedCount(space, history)).toBe(6);
  expect(untriedCount(space, [tried('x', 0, 'FAIL', 0)])).toBe(8);
  expect(untriedCount({ ...space, c: floatDistribution(0, 1) }, history)).toBe(Number.POSITIVE_INFINITY);
});

test('firstUntried() passes over tried proposals, then draws one, then repeats the best', () => {
  const history = [tried('x', 0.1), tried('y', 0.2)];
  const proposals = [
    { a: 0, b: 0.1 },
    { a: 1, b: 0.2 },
    { a: 1, b: 0 },
  ];
  expect(firstUntried(proposals, space, history, new Rng(0))).toEqual({ a: 1, b: 0 });
  const all = ['x', 'y'].flatMap((a) => [0, 0.1, 0.2, 0.3].map((b) => tried(a, b)));
  const drawn = firstUntried(proposals.slice(0, 2), space, all.slice(1), new Rng(3));
  expect(drawn).toEqual({ a: 0, b: 0 });
  expect(firstUntried(proposals, space, all, new Rng(0))).toEqual(proposals[0]);
});
