import type { Distribution } from '../distributions/distribution.js';
import { cardinality, internalAt } from '../distributions/internal-representation.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams } from './sampler.js';

/** A space in two: parameters with a single value are no question for a model, which needs a range to be wide in. */
export function separateConstants(space: SearchSpace): { free: SearchSpace; constants: InternalParams } {
  const free: Record<string, Distribution> = {};
  const constants: Record<string, number> = {};
  for (const [name, distribution] of Object.entries(space)) {
    if (cardinality(distribution) === 1) constants[name] = internalAt(distribution, 0);
    else free[name] = distribution;
  }
  return { free, constants };
}
