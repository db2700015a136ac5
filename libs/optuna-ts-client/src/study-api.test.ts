import { beforeEach, expect, test } from 'vitest';
import type { Clock } from '#primitives';
import { copyStudy } from './copy-study.js';
import { createTrial } from './create-trial.js';
import { floatDistribution } from './distributions/float-distribution.js';
import { FixedTrial } from './fixed-trial.js';
import { InMemoryStorage } from './in-memory-storage.js';
import { createSampler } from './samplers/registry.js';
import { Study } from './study.js';
import { getAllStudySummaries } from './study-summary.js';
import { makeTrial } from './testing/make-trial.js';

const x = floatDistribution(0, 1);
let storage: InMemoryStorage;
let study: Study;
beforeEach(async () => {
  storage = new InMemoryStorage();
  study = await Study.create({ storage, name: 'ants', sampler: createSampler('random') });
});

test('Study.addTrial() gives the next number and refuses values that are not one per objective', async () => {
  const made = createTrial({ values: [0.25], params: { x: 0.5 }, distributions: { x }, constraints: [-1] });
  expect(made.number).toBe(-1);
  const added = await study.addTrial(made);
  expect(added).toEqual({ ...made, number: 0 });
  await study.ask();
  const more = [
    createTrial({ state: 'PRUNED', intermediateValues: new Map([[1, 3]]) }),
    createTrial({ state: 'FAIL' }),
  ];
  expect((await study.addTrials(more)).map(({ number, state }) => [number, state])).toEqual([
    [2, 'PRUNED'],
    [3, 'FAIL'],
  ]);
  await expect(study.addTrials([made, createTrial({ values: [1, 2] })])).rejects.toThrow('values has 2 numbers');
  expect((await study.getTrials()).length).toBe(4);
  expect((await study.bestTrial()).number).toBe(0);
});

test.each([
  [() => createTrial({}), 'values is missing'],
  [() => createTrial({ values: [Number.NaN] }), 'values[0] is NaN'],
  [() => createTrial({ state: 'FAIL', values: [1] }), 'values is [1], must be absent for FAIL'],
  [() => createTrial({ values: [1], params: { x: 0.5 } }), 'params.x has no distribution'],
  [() => createTrial({ values: [1], distributions: { x } }), 'distributions.x has no value'],
  [() => createTrial({ values: [1], params: { x: 2 }, distributions: { x } }), 'params.x is 2, must be a number in'],
])('createTrial() names what is wrong: %#', (make, message) => {
  expect(make).toThrow(message);
});

test('Study.enqueueTrial() with skipIfExists queues a configuration once', async () => {
  const first = await study.enqueueTrial({ x: 0.5, name: 'a' });
  const again = (params: Record<string, number | string>) => study.enqueueTrial(params, {}, { skipIfExists: true });
  expect((await again({ x: 0.500001, name: 'a' })).number).toBe(first.number);
  expect((await again({ x: 0.5001, name: 'a' })).number).toBe(1);
  expect((await again({ x: 0.5 })).number).toBe(2);
  expect((await again({ x: 0.5, name: 'b' })).number).toBe(3);
  expect((await study.enqueueTrial({ x: 0.5, name: 'a' })).number).toBe(4);
  const finished = createTrial({ values: [1], params: { x: 0.75 }, distributions: { x } });
  expect((await again({ x: (await study.addTrial(finished)).params.x as number })).number).toBe(5);
});

test('Study.tell() takes a number, and leaves a finished trial alone where that is asked for', async () => {
  const trial = await study.ask();
  await study.tell(trial.number, { values: [1] });
  await expect(study.tell(trial.number, { values: [2] })).rejects.toThrow('must be RUNNING');
  const told = await study.tell(trial.number, { values: [2] }, { skipIfFinished: true });
  expect(told).toMatchObject({ state: 'COMPLETE', values: [1] });
  const second = await study.ask();
  expect((await study.tell(second, { values: [3] }, { skipIfFinished: true })).values).toEqual([3]);
  await expect(study.tell(9, { values: [1] })).rejects.toThrow('Cannot find trial');
});

test('Study.bestTrial() is the oldest best feasible one, and refuses several objectives', async () => {
  await expect(study.bestTrial()).rejects.toThrow('Cannot find feasible COMPLETE trial of study ants');
  for (const [value, constraint] of [
    [1, 1],
    [2, 0],
    [2, -1],
    [3, 0],
  ]) {
    await study.addTrial(createTrial({ values: [value], constraints: [constraint] }));
  }
  expect((await study.bestTrial()).number).toBe(1);
  const several = await Study.create({ storage, name: 'two', directions: ['minimize', 'minimize'] });
  await expect(several.bestTrial()).rejects.toThrow('directions has 2 entries, must have 1');
});

test('Study.optimize() makes as many trials as asked for, in parallel, and tells callbacks of each', async () => {
  const heard: number[] = [];
  let atOnce = 0;
  let most = 0;
  await study.optimize(
    async (trial) => {
      most = Math.max(most, ++atOnce);
      const value = await trial.suggestFloat('x', 0, 1);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
      return trial.number === 2
        ? { state: 'PRUNED' }
        : trial.number === 3
          ? { values: [value], constraints: [1] }
          : value;
    },
    { trials: 7, parallel: 3, callbacks: [(_, { number }) => void heard.push(number)] },
  );
  expect(most).toBe(3);
  expect(heard.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const trials = await study.getTrials();
  expect(trials.map(({ state }) => state).filter((state) => state === 'COMPLETE').length).toBe(6);
  expect(trials[3].constraints).toEqual([1]);
});

test('Study.optimize() ends when a callback stops it, the signal is aborted or the time is over', async () => {
  await study.optimize(() => 1, { callbacks: [(self, { number }) => (number === 4 ? self.stop() : undefined)] });
  expect((await study.getTrials()).length).toBe(5);
  const controller = new AbortController();
  await study.optimize(
    ({ number }) => {
      if (number === 6) controller.abort();
      return 1;
    },
    { trials: 100, signal: controller.signal },
  );
  expect((await study.getTrials()).length).toBe(7);
  let now = 0;
  const clock: Clock = { now: () => 0, monotonicMs: () => now };
  await study.optimize(
    () => {
      now += 400;
      return 1;
    },
    { timeoutSeconds: 1, clock },
  );
  expect((await study.getTrials()).length).toBe(10);
  await expect(study.optimize(() => 1, { trials: -1 })).rejects.toThrow('trials is -1');
  await expect(study.optimize(() => 1, { trials: 1, parallel: 0 })).rejects.toThrow('parallel is 0');
  await expect(study.optimize(() => 1, { timeoutSeconds: Number.NaN })).rejects.toThrow('timeoutSeconds is NaN');
});

test('Study.optimize() fails the trial of an error, and goes on only where it was expected', async () => {
  const objective = ({ number }: { number: number }) => {
    if (number === 1) throw new RangeError('out of memory');
    return number;
  };
  await expect(study.optimize(objective, { trials: 5 })).rejects.toThrow('out of memory');
  expect((await study.getTrials()).map(({ state }) => state)).toEqual(['COMPLETE', 'FAIL']);
  const other = await Study.create({ storage, name: 'other', sampler: createSampler('random') });
  await other.optimize(objective, { trials: 5, isExpected: (error) => error instanceof RangeError });
  expect((await other.getTrials(['COMPLETE'])).length).toBe(4);
});

test('copyStudy() copies trials, attributes and names of metrics to another storage', async () => {
  await study.setUserAttr('owner', 'team');
  await study.setMetricNames(['error']);
  await study.addTrial(createTrial({ values: [1], params: { x: 0.5 }, distributions: { x } }));
  await study.enqueueTrial({ x: 0.25 });
  const to = new InMemoryStorage();
  await copyStudy({ from: storage, name: 'ants', to, newName: 'bees' });
  const copy = await Study.load({ storage: to, name: 'bees' });
  expect(await copy.getTrials()).toEqual(await study.getTrials());
  expect(await copy.userAttrs()).toEqual({ owner: 'team' });
  expect(await copy.metricNames()).toEqual(['error']);
  await copy.setMetricNames(['loss']);
  expect(await study.metricNames()).toEqual(['error']);
  expect(await (await Study.create({ storage, name: 'unnamed' })).metricNames()).toBeNull();
  await expect(study.setMetricNames([])).rejects.toThrow('names has 0 entries, must have one for each of 1');
  await expect(copyStudy({ from: storage, name: 'ants', to, newName: 'bees' })).rejects.toThrow('the name is taken');
  await expect(copyStudy({ from: storage, name: 'gone', to })).rejects.toThrow('Cannot find study gone');
});

test('getAllStudySummaries() tells what each study is, with its best feasible trial', async () => {
  await study.addTrial(createTrial({ values: [1], constraints: [1], datetimeStart: new Date(3000) }));
  await study.addTrial(createTrial({ values: [2], datetimeStart: new Date(2000) }));
  await Study.create({ storage, name: 'two', directions: ['minimize', 'maximize'] });
  expect(await getAllStudySummaries(storage)).toEqual([
    {
      name: 'ants',
      directions: ['minimize'],
      bestTrial: (await study.getTrials())[1],
      trials: 2,
      userAttrs: {},
      datetimeStart: new Date(2000),
    },
    {
      name: 'two',
      directions: ['minimize', 'maximize'],
      bestTrial: null,
      trials: 0,
      userAttrs: {},
      datetimeStart: null,
    },
  ]);
});

test('FixedTrial gives the values it was made with, and refuses those that do not fit', async () => {
  const fixed = new FixedTrial({ x: 0.5, layers: 3, kind: 'a' }, 7);
  expect(await fixed.suggestFloat('x', 0, 1)).toBe(0.5);
  expect(await fixed.suggestInt('layers', 1, 4)).toBe(3);
  expect(await fixed.suggestCategorical('kind', ['a', 'b'])).toBe('a');
  await fixed.report(1, 0);
  await fixed.setUserAttr('note', 1);
  expect(await fixed.shouldPrune()).toEqual({ prune: false, reason: 'a fixed trial is never pruned' });
  expect([fixed.number, fixed.params, fixed.userAttrs]).toEqual([7, { x: 0.5, layers: 3, kind: 'a' }, { note: 1 }]);
  await expect(fixed.suggestFloat('x', 0.6, 1)).rejects.toThrow('x is 0.5, must be a number in [0.6, 1]');
  await expect(fixed.suggestInt('x', 0, 1)).rejects.toThrow('x is int, must be float as suggested before');
  await expect(fixed.suggestFloat('y', 0, 1)).rejects.toThrow('y has no value, must be one of x, layers, kind');
});

test('Study.create() with prior trials learns from them at once, and never shows them', async () => {
  const prior = Array.from({ length: 30 }, (_, number) =>
    makeTrial({ number, values: [Math.abs(number / 30 - 0.2)], params: { x: number / 30 }, distributions: { x } }),
  );
  const propose = async (name: string, priorTrials: typeof prior, priorWeight?: number) => {
    const warm = await Study.create({ storage, name, priorTrials, priorWeight, sampler: createSampler('tpe') });
    const proposed: number[] = [];
    for (let index = 0; index < 6; index++) {
      const trial = await warm.ask({ x });
      proposed.push(trial.params.x as number);
      await warm.tell(trial, { values: [0.5] });
    }
    expect((await warm.getTrials()).map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5]);
    return proposed;
  };
  const error = (values: number[]) => values.reduce((sum, value) => sum + Math.abs(value - 0.2), 0);
  expect(error(await propose('warm', prior))).toBeLessThan(error(await propose('cold', [])));
  await expect(propose('heavy', prior, 2)).rejects.toThrow('weight is 2, must be in (0, 1]');
  await expect(propose('wrong', [makeTrial({ values: [1, 2] })])).rejects.toThrow(
    'priorTrials[0].values has 2 numbers',
  );
});
