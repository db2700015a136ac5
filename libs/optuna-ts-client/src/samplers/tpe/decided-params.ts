import type { Distribution } from '../../distributions/distribution.js';
import { cardinality } from '../../distributions/internal-representation.js';
import type { SearchSpace } from '../../search-space.js';
import type { InternalParams, SamplerContext, TrialHistory } from '../sampler.js';

/** Parameters that are decided already, and where they may lie. */
export interface DecidedParams {
  readonly params: InternalParams;
  readonly space: SearchSpace;
}

/** What is decided, where the trials say in which space it lies: what no trial has teaches nothing. */
export function decidedOf({ fixed = {} }: SamplerContext, trials: TrialHistory): DecidedParams {
  const space: Record<string, Distribution> = {};
  for (const name of Object.keys(fixed)) {
    const distribution = trials.findLast((trial) => trial.distributions[name] !== undefined)?.distributions[name];
    if (distribution !== undefined && cardinality(distribution) > 1) space[name] = distribution;
  }
  return { params: fixed, space };
}
