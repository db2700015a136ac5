import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import type { ConditionalSpace } from '../conditional-space.js';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { intDistribution } from '../distributions/int-distribution.js';
import type { FrozenTrial } from '../frozen-trial.js';
import { InMemoryStorage } from '../in-memory-storage.js';
import { Study } from '../study.js';
import { makeTrial } from '../testing/make-trial.js';
import { propose } from './propose.js';
import { createSampler } from './registry.js';
import { type Sampler, type SamplerContext, samplerContext } from './sampler.js';
import { untriedCount } from './untried.js';
import { UntriedConfigurations } from './untried-configurations.js';

const depth = categoricalDistribution(['shallow', 'deep', 'scratch']);
const finite: ConditionalSpace = {
  depth,
  epochs: [
    { when: { depth: ['shallow'] }, distribution: intDistribution(1, 2) },
    { when: { depth: ['deep'] }, distribution: intDistribution(5, 7) },
  ],
  head: categoricalDistribution(['a', 'b']),
};

const trialOf = (params: FrozenTrial['params'], changes: Partial<FrozenTrial> = {}) => {
  const distributions = {
    depth,
    epochs: intDistribution(1, 7),
    head: categoricalDistribution(['a', 'b']),
  };
  return makeTrial({
    params,
    distributions: Object.fromEntries(
      Object.keys(params).map((n) => [n, distributions[n as keyof typeof distributions]]),
    ),
    ...changes,
  } as Parameters<typeof makeTrial>[0]);
};

test('untriedCount() counts the configurations that exist, each once', () => {
  expect(untriedCount(finite, [])).toBe((2 + 3 + 1) * 2);
  const history = [
    trialOf({ depth: 'shallow', head: 'a', epochs: 2 }),
    trialOf({ depth: 'shallow', head: 'a', epochs: 2 }),
    trialOf({ depth: 'scratch', head: 'b' }),
    trialOf({ depth: 'scratch', head: 'b', epochs: 3 }), // epochs do not exist: the same configuration
    trialOf({ depth: 'deep', head: 'b', epochs: 2 }), // outside of the range that deep has
    trialOf({ depth: 'deep', head: 'b' }), // incomplete
    trialOf({ depth: 'deep', head: 'a', epochs: 5 }, { number: -3 }), // of an earlier study
    trialOf({ depth: 'deep', head: 'a', epochs: 6 }, { state: 'FAIL', attempt: 0 }),
  ];
  expect(untriedCount(finite, history)).toBe(10);
  expect(untriedCount({ ...finite, x: floatDistribution(0, 1) }, history)).toBe(Number.POSITIVE_INFINITY);
  const rest = { when: { depth: ['deep'] }, distribution: floatDistribution(0, 1) };
  expect(untriedCount({ ...finite, x: [rest] }, history)).toBe(Number.POSITIVE_INFINITY);
});

test('UntriedConfigurations.draw() reaches every untried configuration and no other', () => {
  const history = [trialOf({ depth: 'shallow', head: 'a', epochs: 2 }), trialOf({ depth: 'scratch', head: 'b' })];
  const seen = new Set<string>();
  const untried = new UntriedConfigurations(finite, history);
  for (let seed = 0; seed < 120; seed++) seen.add(JSON.stringify(untried.draw(new Rng(seed)).params));
  expect(seen.size).toBe(10);
  for (const { params } of history) expect(seen.has(JSON.stringify(params))).toBe(false);
  expect(() => new UntriedConfigurations({ x: floatDistribution(0, 1) }, []).draw(new Rng(0))).toThrow(
    'count is Infinity',
  );
});

test('propose() asks for parents first and hands on what is decided', () => {
  const asked: { names: string[]; fixed: SamplerContext['fixed']; mayFollow?: boolean; seed: number }[] = [];
  const inner = createSampler('random');
  const recorder: Sampler = {
    name: 'recorder',
    sampleRelative(context, _history, space) {
      const { fixed, mayFollow, rng } = context;
      asked.push({ names: Object.keys(space), fixed, mayFollow, seed: rng.seed });
      return {};
    },
    sampleIndependent: (context, history, name, distribution) =>
      name === 'depth' ? 1 : inner.sampleIndependent(context, history, name, distribution),
  };
  const context = samplerContext({ seed: 1, trialNumber: 4, directions: ['minimize'] });
  const { params } = propose(recorder, context, [], finite);
  expect(Object.keys(params)).toEqual(['depth', 'head', 'epochs']);
  expect(asked.map(({ names }) => names)).toEqual([['depth', 'head'], ['epochs']]);
  expect(asked[0]).toMatchObject({ fixed: {}, mayFollow: true });
  expect(asked[1].fixed).toEqual({ depth: 1, head: ['a', 'b'].indexOf(params.head as string) });
  expect(asked[1].mayFollow).toBe(false);
  expect(asked[1].seed).not.toBe(asked[0].seed);
});

test('Study.ask() tries every configuration of a finite conditional space once before it repeats one', async () => {
  const study = await Study.create({
    storage: new InMemoryStorage(),
    name: 's',
    sampler: createSampler('tpe', { startupTrials: 4 }),
  });
  const keys: string[] = [];
  for (let i = 0; i < 12; i++) {
    const trial = await study.ask(finite);
    keys.push(JSON.stringify(Object.entries(trial.params).sort()));
    await study.tell(trial, { values: [trial.params.depth === 'deep' ? 0 : 1] });
  }
  expect(new Set(keys).size).toBe(12);
  const trial = await study.ask(finite);
  expect(trial.params.depth).toBeDefined(); // used up: repeats, and still inside
});

test('Study.ask() takes what is enqueued and samples the rest of a conditional space', async () => {
  const study = await Study.create({ storage: new InMemoryStorage(), name: 's' });
  await study.enqueueTrial({ depth: 'deep' });
  await study.enqueueTrial({ depth: 'shallow', epochs: 6 });
  const trial = await study.ask(finite);
  expect(trial.params).toMatchObject({ depth: 'deep' });
  expect(trial.params.epochs).toBeGreaterThanOrEqual(5);
  expect((await study.getTrials())[0].distributions.epochs).toEqual(intDistribution(5, 7));
  await expect(study.ask(finite)).rejects.toThrow('epochs is 6, must be an integer in [1, 2]');
});

test('TPE finds the best rate of each depth where the ranges differ', async () => {
  const space: ConditionalSpace = {
    depth: categoricalDistribution(['shallow', 'deep']),
    rate: [
      { when: { depth: ['shallow'] }, distribution: floatDistribution(1e-2, 1, { log: true }) },
      { when: { depth: ['deep'] }, distribution: floatDistribution(1e-5, 1e-3, { log: true }) },
    ],
  };
  const best: number[] = [];
  for (let seed = 0; seed < 5; seed++) {
    const study = await Study.create({ storage: new InMemoryStorage(), name: 's', seed });
    for (let i = 0; i < 60; i++) {
      const trial = await study.ask(space);
      const rate = Math.log10(trial.params.rate as number);
      const loss = trial.params.depth === 'deep' ? Math.abs(rate + 4) : 0.5 + Math.abs(rate + 1);
      await study.tell(trial, { values: [loss] });
    }
    best.push((await study.bestTrials())[0].values![0]);
  }
  expect(Math.max(...best)).toBeLessThan(0.1);
});
