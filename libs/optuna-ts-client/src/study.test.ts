import { beforeEach, expect, test } from 'vitest';
import { NotFoundError } from '#primitives';
import { categoricalDistribution } from './distributions/categorical-distribution.js';
import { floatDistribution } from './distributions/float-distribution.js';
import { DuplicatedStudyError, StaleAttemptError, TrialStateError } from './errors.js';
import { InMemoryStorage } from './in-memory-storage.js';
import { createSampler } from './samplers/registry.js';
import { Study } from './study.js';

const space = {
  depth: categoricalDistribution(['shallow', 'deep']),
  rate: floatDistribution(1e-5, 1e-1, { log: true }),
};

let storage: InMemoryStorage;
let study: Study;
beforeEach(async () => {
  storage = new InMemoryStorage();
  study = await Study.create({ storage, name: 'ants', directions: ['maximize', 'minimize'], seed: 7 });
});

test('Study.create() refuses a taken name, no objective, and a curve of no objective', async () => {
  await expect(Study.create({ storage, name: 'ants' })).rejects.toThrow(DuplicatedStudyError);
  await expect(Study.create({ storage, name: 'b', directions: [] })).rejects.toThrow('directions is empty');
  await expect(Study.create({ storage, name: 'b', curveObjective: 1 })).rejects.toThrow(
    'curveObjective is 1, must be in [0, 0]',
  );
});

test('Study.load() goes on with the stored trials and directions', async () => {
  await study.ask(space);
  const loaded = await Study.load({ storage, name: 'ants' });
  expect(loaded.directions).toEqual(['maximize', 'minimize']);
  expect((await loaded.getTrials()).length).toBe(1);
  await expect(Study.load({ storage, name: 'bees' })).rejects.toThrow(NotFoundError);
});

test('Study.ask() proposes a whole space, the same for the same seed and results', async () => {
  const run = async (name: string, seed: number) => {
    const other = await Study.create({ storage, name, seed, sampler: createSampler('tpe', { startupTrials: 3 }) });
    for (let i = 0; i < 8; i++) {
      const trial = await other.ask(space);
      await other.tell(trial, { values: [Math.log10(trial.params.rate as number)] });
    }
    return (await other.getTrials()).map((trial) => trial.params);
  };
  const first = await run('first', 5);
  expect(await run('second', 5)).toEqual(first);
  expect(await run('third', 6)).not.toEqual(first);
});

test('Trial.suggestFloat(), suggestInt() and suggestCategorical() define a space by running', async () => {
  const single = await Study.create({ storage, name: 'single', sampler: createSampler('tpe', { startupTrials: 2 }) });
  for (let i = 0; i < 6; i++) {
    const trial = await single.ask();
    const depth = await trial.suggestCategorical('depth', ['shallow', 'deep']);
    const rate = depth === 'deep' ? await trial.suggestFloat('rate', 1e-5, 1e-1, { log: true }) : 0;
    const epochs = await trial.suggestInt('epochs', 1, 10);
    expect(await trial.suggestInt('epochs', 1, 10)).toBe(epochs);
    await expect(trial.suggestFloat('epochs', 1, 10)).rejects.toThrow(
      'epochs is a number in [1, 10], must be an integer in [1, 10]',
    );
    await single.tell(trial, { values: [rate + epochs] });
  }
  const trials = await single.getTrials();
  expect(trials.every(({ params }) => 'rate' in params === (params.depth === 'deep'))).toBe(true);
});

test('Study.enqueueTrial() comes before the sampler, and a value that does not fit is refused', async () => {
  await study.enqueueTrial({ depth: 'deep', rate: 0.01 }, { source: 'person' });
  await study.enqueueTrial({ rate: 5 });
  const trial = await study.ask(space);
  expect(trial).toMatchObject({ number: 0, attempt: 1, params: { depth: 'deep', rate: 0.01 } });
  expect((await study.getTrials())[0].userAttrs).toEqual({ source: 'person' });
  await expect(study.ask(space)).rejects.toThrow('rate is 5, must be a number in [0.00001, 0.1] (log)');
});

test('Study.tell() records values once and says why it refuses', async () => {
  const trial = await study.ask(space);
  await expect(study.tell(trial, { values: [1] })).rejects.toThrow(
    'values has 1 numbers, must have one for each of 2 objectives',
  );
  await expect(study.tell(trial, { state: 'COMPLETE' })).rejects.toThrow(RangeError);
  const told = await study.tell(trial, { values: [0.9, 3], constraints: [-1] });
  expect(told).toMatchObject({ state: 'COMPLETE', values: [0.9, 3], constraints: [-1] });
  await expect(study.tell(trial, { values: [1, 1] })).rejects.toThrow(
    new TrialStateError('tell', 0, 'COMPLETE', ['RUNNING']),
  );
  await expect(trial.report(1, 0)).rejects.toThrow('Cannot report trial 0: state is COMPLETE, must be RUNNING');
});

test('Study.tell() makes NaN a FAIL, and keeps the last report of a pruned trial with one objective', async () => {
  expect(await study.tell(await study.ask(), { values: [Number.NaN, 1] })).toMatchObject({
    state: 'FAIL',
    values: null,
  });
  const single = await Study.create({ storage, name: 'single' });
  const trial = await single.ask();
  await trial.report(0.5, 1);
  await trial.report(0.25, 0);
  await trial.report(9, 1);
  expect(await single.tell(trial, { state: 'PRUNED' })).toMatchObject({ state: 'PRUNED', values: [0.5] });
  expect(await single.tell(await single.ask(), { state: 'PRUNED' })).toMatchObject({ values: null });
});

test('Study.release() queues a trial with its parameters; the first holder is shut out', async () => {
  const first = await study.ask(space);
  await study.release(first);
  const second = await study.ask(space);
  expect(second).toMatchObject({ number: 0, attempt: 2, params: first.params });
  await expect(first.report(0.5, 0)).rejects.toThrow(new StaleAttemptError('report', 0, 1, 2));
  await expect(study.release(first)).rejects.toThrow(StaleAttemptError);
});

test('Study.bestTrials() is the feasible front', async () => {
  const results = [
    { values: [0.9, 5], constraints: [-1] },
    { values: [0.99, 9], constraints: [1] },
    { values: [0.8, 2] },
    { values: [0.7, 3] },
  ];
  for (const result of results) await study.tell(await study.ask(space), result);
  expect((await study.bestTrials()).map((trial) => trial.number)).toEqual([0, 2]);
});

test('Trial.shouldPrune() asks the pruner of the study with what is known', async () => {
  const trial = await study.ask(space);
  await trial.report(0.5, 1);
  expect(await trial.shouldPrune()).toEqual({ prune: false, reason: '0 comparable trials, 5 are needed' });
  expect(await trial.shouldPrune({ knownConstraints: [2] })).toMatchObject({ prune: true });
});
