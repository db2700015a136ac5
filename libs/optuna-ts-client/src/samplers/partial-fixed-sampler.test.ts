import { expect, test } from 'vitest';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { intDistribution } from '../distributions/int-distribution.js';
import { GridExhaustedError } from '../errors.js';
import type { FrozenTrial } from '../frozen-trial.js';
import { InMemoryStorage } from '../in-memory-storage.js';
import type { SearchSpace } from '../search-space.js';
import { Study } from '../study.js';
import { describeSampler } from '../testing/describe-sampler.js';
import { makeTrial } from '../testing/make-trial.js';
import { GridSampler } from './grid/grid-sampler.js';
import { PartialFixedSampler } from './partial-fixed-sampler.js';
import { propose } from './propose.js';
import { RandomSampler } from './random-sampler.js';
import { samplerContext } from './sampler.js';
import { TpeSampler } from './tpe/tpe-sampler.js';

describeSampler('TPE with fixed parameters', () => new PartialFixedSampler({ epochs: 7 }, new TpeSampler()));

const space: SearchSpace = {
  depth: categoricalDistribution(['shallow', 'deep']),
  epochs: intDistribution(1, 3),
  rate: floatDistribution(0, 1),
};
const context = (trialNumber: number) => samplerContext({ seed: 0, trialNumber, directions: ['minimize'] });

test('PartialFixedSampler fixes what the space has and leaves the rest to the other sampler', () => {
  const sampler = new PartialFixedSampler({ depth: 'deep', unknown: 3 }, new RandomSampler());
  const { params } = propose(sampler, context(4), [], space);
  expect(params).toEqual({ ...propose(new RandomSampler(), context(4), [], space).params, depth: 'deep' });
  expect(sampler.sampleIndependent(context(4), [], 'depth', space.depth)).toBe(1);
  expect(() => propose(new PartialFixedSampler({ epochs: 9 }, new RandomSampler()), context(0), [], space)).toThrow(
    'epochs is 9, must be an integer in [1, 3]',
  );
});

test('PartialFixedSampler tells the other sampler what is fixed', () => {
  const heard: unknown[] = [];
  class Listening extends RandomSampler {
    override sampleRelative(...[{ fixed }, , asked]: Parameters<RandomSampler['sampleRelative']>) {
      heard.push(fixed, Object.keys(asked));
      return {};
    }
  }
  const sampler = new PartialFixedSampler({ depth: 'deep' }, new Listening());
  sampler.sampleRelative({ ...context(0), fixed: { parent: 2 } }, [], space);
  expect(heard).toEqual([{ parent: 2, depth: 1 }, ['epochs', 'rate']]);
});

test('PartialFixedSampler goes through a grid beside the fixed values, and says when it is done', async () => {
  const sampler = new PartialFixedSampler({ depth: 'deep' }, new GridSampler());
  const study = await Study.create({ storage: new InMemoryStorage(), name: 's', sampler });
  const small = { depth: space.depth, epochs: space.epochs };
  const history: FrozenTrial[] = [makeTrial({ params: { depth: 'shallow', epochs: 1 }, distributions: small })];
  expect(sampler.isExhausted(history, small)).toBe(false);
  const asked = [];
  for (let i = 0; i < 3; i++) asked.push((await study.ask(small)).params);
  expect(asked.map(({ depth }) => depth)).toEqual(['deep', 'deep', 'deep']);
  expect(new Set(asked.map(({ epochs }) => epochs)).size).toBe(3);
  await expect(study.ask(small)).rejects.toThrow(GridExhaustedError);
});
