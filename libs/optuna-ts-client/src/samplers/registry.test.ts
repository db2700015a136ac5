import { expect, test } from 'vitest';
import { InvalidInputError } from '#primitives';
import { describeSampler } from '../testing/describe-sampler.js';
import { createSampler, samplers } from './registry.js';

for (const { name, severalObjectives, conditionalSpaces } of samplers) {
  describeSampler(`createSampler('${name}')`, () => createSampler(name), { severalObjectives, conditionalSpaces });
}
describeSampler('TPE, univariate', () => createSampler('tpe', { multivariate: false, constantLiar: false }));
describeSampler('TPE, neighbours, from the first result', () =>
  createSampler('tpe', { bandwidth: 'neighbours', startupTrials: 0, avoidRepeats: false, candidates: 3 }),
);

test('createSampler() names every option that is wrong', () => {
  expect(() => createSampler('tpe', { startupTrials: -1, bandwith: 'sample-size', multivariate: 'yes' })).toThrow(
    new InvalidInputError([
      { field: 'sampler.options.startupTrials', value: -1, allowed: 'an integer >= 0' },
      { field: 'sampler.options.multivariate', value: 'yes', allowed: 'true or false' },
      {
        field: 'sampler.options.bandwith',
        value: 'sample-size',
        allowed:
          'one of startupTrials, candidates, priorWeight, multivariate, group, bandwidth, gamma, weights, constantLiar, avoidRepeats',
      },
    ]),
  );
});

test('createSampler() names the samplers there are', () => {
  expect(() => createSampler('bayes')).toThrow('sampler.name is "bayes", must be one of random, tpe, gp, grid, qmc');
});
