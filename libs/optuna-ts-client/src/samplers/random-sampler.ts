/** @file Independent uniform draws. Mirrors optuna/samplers/_random.py 5.0.0. */
import type { Distribution } from '../distributions/distribution.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from './sampler.js';
import { uniformDraw } from './uniform-draw.js';

/** Draws every parameter uniformly, whatever the history says; repeats are possible. */
export class RandomSampler implements Sampler {
  readonly name = 'random';

  sampleRelative(_context: SamplerContext, _history: TrialHistory, _space: SearchSpace): InternalParams {
    return {};
  }

  sampleIndependent(context: SamplerContext, _history: TrialHistory, name: string, distribution: Distribution): number {
    return uniformDraw(distribution, context.rng.fork(`random:${name}`));
  }
}
