import { cardinality, internalAt } from '../distributions/internal-representation.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams } from './sampler.js';

/** How many configurations a flat space has. */
export function configurationCount(space: SearchSpace): number {
  return Object.values(space).reduce((product, distribution) => product * cardinality(distribution), 1);
}

/** The configuration at a place of the numbered grid, 0 <= place < count; the first parameter changes fastest. */
export function configurationAt(space: SearchSpace, place: number): InternalParams {
  const params: Record<string, number> = {};
  let rest = place;
  for (const [name, distribution] of Object.entries(space)) {
    const values = cardinality(distribution);
    params[name] = internalAt(distribution, rest % values);
    rest = Math.floor(rest / values);
  }
  return params;
}
