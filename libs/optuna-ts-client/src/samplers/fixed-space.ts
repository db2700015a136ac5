import type { Distribution } from '../distributions/distribution.js';
import { cardinality } from '../distributions/internal-representation.js';
import type { SearchSpace } from '../search-space.js';
import type { SamplerContext, TrialHistory } from './sampler.js';

/**
 * Where the parameters that are decided already lie, as the last trial with such a one says: what no trial has teaches
 * nothing.
 *
 * @param space What is asked for; a parameter in it is not decided.
 */
export function fixedSpace({ fixed = {} }: SamplerContext, history: TrialHistory, space: SearchSpace): SearchSpace {
  const known: Record<string, Distribution> = {};
  for (const name of Object.keys(fixed)) {
    if (name in space) continue;
    const distribution = history.findLast((trial) => trial.distributions[name] !== undefined)?.distributions[name];
    if (distribution !== undefined && cardinality(distribution) > 1) known[name] = distribution;
  }
  return known;
}
