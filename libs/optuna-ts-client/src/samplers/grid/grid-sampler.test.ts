import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import { GridExhaustedError } from '../../errors.js';
import type { FrozenTrial } from '../../frozen-trial.js';
import { InMemoryStorage } from '../../in-memory-storage.js';
import type { SearchSpace } from '../../search-space.js';
import { Study } from '../../study.js';
import { makeTrial } from '../../testing/make-trial.js';
import type { TrialState } from '../../trial-state.js';
import { propose } from '../propose.js';
import { samplerContext } from '../sampler.js';
import { GridSampler } from './grid-sampler.js';
import { shuffledPlaces } from './place-order.js';

const space: SearchSpace = {
  depth: categoricalDistribution(['shallow', 'deep']),
  momentum: floatDistribution(0, 0.3, { step: 0.1 }),
  rate: floatDistribution(1e-4, 1, { log: true }),
};
const states: TrialState[] = ['COMPLETE', 'FAIL', 'PRUNED', 'RUNNING', 'WAITING'];
const context = (trialNumber: number, seed = 0) => samplerContext({ seed, trialNumber, directions: ['minimize'] });

/** Asks until the grid is exhausted. */
function walk(sampler: GridSampler, seed: number, history: FrozenTrial[] = []): FrozenTrial[] {
  for (;;) {
    const number = history.length;
    try {
      const { params } = propose(sampler, context(number, seed), history, space);
      history.push(makeTrial({ number, state: states[number % states.length], params, distributions: space }));
    } catch (error) {
      expect(error).toBeInstanceOf(GridExhaustedError);
      expect(sampler.isExhausted(history, space)).toBe(true);
      return history;
    }
    expect(number).toBeLessThan(1000);
  }
}

const paramsOf = (history: readonly FrozenTrial[]) => history.map(({ params }) => JSON.stringify(params));

test('shuffledPlaces() is one to one for every size, and another order for another seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
      const placeAt = shuffledPlaces(size, new Rng(seed));
      const places = Array.from({ length: size }, (_, position) => placeAt(position));
      expect(new Set(places).size).toBe(size);
      expect(Math.min(...places)).toBe(0);
      expect(Math.max(...places)).toBe(size - 1);
    }),
    { seed: 3, numRuns: 100 },
  );
  const first = (seed: number) =>
    Array.from({ length: 20 }, (_, position) => shuffledPlaces(1e15, new Rng(seed))(position));
  expect(first(1)).not.toEqual(first(2));
  expect(new Set(first(1).map((place) => Math.floor(place / 1e14))).size).toBeGreaterThan(5);
});

test('GridSampler takes every combination once, whatever became of its trial, then says so', () => {
  const history = walk(new GridSampler({ pointsPerAxis: 5 }), 4);
  expect(history.length).toBe(2 * 4 * 5);
  expect(new Set(paramsOf(history)).size).toBe(40);
  expect([...new Set(history.map(({ params }) => params.momentum))].sort()).toEqual([0, 0.1, 0.2, 0.3]);
  const rates = [...new Set(history.map(({ params }) => params.rate as number))].sort((a, b) => a - b);
  for (const [index, rate] of [1e-4, 1e-3, 1e-2, 1e-1, 1].entries()) expect(rates[index]).toBeCloseTo(rate, 12);
  expect(paramsOf(walk(new GridSampler(), 4))).toEqual(paramsOf(history));
  expect(paramsOf(walk(new GridSampler(), 5))).not.toEqual(paramsOf(history));
});

test('GridSampler counts the last parameter fastest in sequential order', () => {
  const history = walk(new GridSampler({ order: 'sequential', pointsPerAxis: 2 }), 1);
  expect(history.slice(0, 5).map(({ params }) => [params.depth, params.momentum, params.rate])).toEqual([
    ['shallow', 0, 1e-4],
    ['shallow', 0, 1],
    ['shallow', 0.1, 1e-4],
    ['shallow', 0.1, 1],
    ['shallow', 0.2, 1e-4],
  ]);
});

test('GridSampler gives workers that see the same history different combinations', () => {
  const sampler = new GridSampler();
  const asked = Array.from({ length: 40 }, (_, number) => propose(sampler, context(number), [], space).params);
  expect(new Set(asked.map((params) => JSON.stringify(params))).size).toBe(40);
});

test('GridSampler leaves out what is queued, comes back to what was cancelled, and ignores what is off the grid or of an earlier study', () => {
  const distributions = { a: intDistribution(1, 3), b: floatDistribution(0, 1) };
  const sampler = new GridSampler({ pointsPerAxis: 2 });
  const off = makeTrial({ number: 0, params: { a: 1, b: 0.4 }, distributions });
  const earlier = makeTrial({ number: -1, weight: 0.5, params: { a: 3, b: 1 }, distributions });
  const queued = makeTrial({ number: 1, state: 'WAITING', systemAttrs: { fixed_params: { a: 2, b: 1 } } });
  const cancelled = makeTrial({ number: 2, state: 'FAIL', attempt: 0, params: { a: 3, b: 0 }, distributions });
  const history = [earlier, off, queued, cancelled];
  const asked = new Set<string>();
  for (let number = 3; number < 8; number++) {
    const { params } = propose(sampler, context(number), history, distributions);
    asked.add(JSON.stringify(params));
    history.push(makeTrial({ number, params, distributions }));
  }
  expect([...asked].sort()).toEqual(
    ['{"a":1,"b":0}', '{"a":1,"b":1}', '{"a":2,"b":0}', '{"a":3,"b":0}', '{"a":3,"b":1}'].sort(),
  );
  expect(() => propose(sampler, context(8), history, distributions)).toThrow(GridExhaustedError);
});

test('GridSampler goes through the combinations that agree with what is decided already', () => {
  const sampler = new GridSampler();
  const rest = { momentum: space.momentum };
  const history = [0, 0.1, 0.2].map((momentum, number) =>
    makeTrial({ number, params: { depth: 'deep', momentum }, distributions: space }),
  );
  expect(sampler.sampleRelative({ ...context(3), fixed: { depth: 1 } }, history, rest)).toEqual({ momentum: 0.3 });
  const shallow = [3, 4, 5, 6].map((number) => {
    const { momentum } = sampler.sampleRelative({ ...context(number), fixed: { depth: 0 } }, history, rest);
    return momentum;
  });
  expect(new Set(shallow).size).toBe(4);
});

test('GridSampler takes named points, also one parameter at a time, and refuses wrong ones', () => {
  const sampler = new GridSampler({ points: { depth: ['deep'], rate: [0.01, 0.5], momentum: [0, 0.2] } });
  const history = walk(sampler, 2);
  expect(history.length).toBe(4);
  for (const { number, params, internalParams } of history) {
    expect(params.depth).toBe('deep');
    expect([0.01, 0.5]).toContain(params.rate);
    for (const [name, distribution] of Object.entries(space)) {
      expect(sampler.sampleIndependent(context(number, 2), [], name, distribution)).toBe(internalParams[name]);
    }
  }
  const refused = (points: Record<string, (string | number)[]>) => () =>
    propose(new GridSampler({ points }), context(0), [], space);
  expect(refused({ rate: [2] })).toThrow('points.rate is 2, must be a number in [0.0001, 1] (log)');
  expect(refused({ depth: [] })).toThrow('points.depth is empty');
  expect(refused({ depth: ['deep', 'deep'] })).toThrow('points.depth has "deep" twice');
  const wide = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, floatDistribution(0, 1)]));
  expect(() => propose(new GridSampler({ pointsPerAxis: 100 }), context(0), [], wide)).toThrow('fewer than 2^53');
});

test('Study.ask() with a grid ends in GridExhaustedError and leaves no trial behind', async () => {
  const storage = new InMemoryStorage();
  const study = await Study.create({ storage, name: 'grid', sampler: new GridSampler() });
  const small = { depth: space.depth, epochs: intDistribution(1, 3) };
  await study.enqueueTrial({ depth: 'deep', epochs: 2 });
  const asked = await Promise.all(Array.from({ length: 6 }, () => study.ask(small)));
  expect(new Set(asked.map(({ params }) => JSON.stringify(params))).size).toBe(6);
  await study.tell(asked[0], { values: [1] });
  await expect(study.ask(small)).rejects.toThrow(GridExhaustedError);
  expect((await study.getTrials()).length).toBe(6);
  await study.release(asked[3]);
  expect((await study.ask(small)).params).toEqual(asked[3].params);
});

test('Study.ask() fails a trial whose last combination another worker took meanwhile', async () => {
  const study = await Study.create({ storage: new InMemoryStorage(), name: 'race', sampler: new GridSampler() });
  const small = { depth: space.depth };
  const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => study.ask(small)));
  const trials = await study.getTrials();
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(2);
  expect(trials.filter(({ state }) => state === 'RUNNING').length).toBe(2);
  expect(trials.filter(({ params }) => params.depth === undefined).every(({ state }) => state === 'FAIL')).toBe(true);
});
