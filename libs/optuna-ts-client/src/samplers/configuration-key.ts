import { contains } from '../distributions/internal-representation.js';
import type { FrozenTrial } from '../frozen-trial.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams } from './sampler.js';

/** Text that two configurations of a flat space share only where they are the same. */
export function configurationKey(space: SearchSpace, params: InternalParams): string {
  return Object.entries(space)
    .map(([name, { type, ...distribution }]) => {
      // Grid points are compared by their place: 0.1 + 0.2 and 0.3 are one.
      if (type === 'categorical' || !('step' in distribution) || distribution.step === null) return params[name];
      return Math.round((params[name] - distribution.low) / distribution.step);
    })
    .join(' ');
}

/** Whether the trial has a value inside every distribution of the space. */
export function liesInside(space: SearchSpace, trial: FrozenTrial): boolean {
  return Object.entries(space).every(([name, distribution]) => {
    const internal = trial.internalParams[name];
    return internal !== undefined && contains(distribution, internal);
  });
}

/**
 * Whether the trial's configuration counts as tried: not when the trial failed before anyone claimed it, and not when it
 * belongs to an earlier study (those have negative numbers), whose data were others.
 */
export function countsAsTried({ number, state, attempt }: FrozenTrial): boolean {
  return number >= 0 && !(state === 'FAIL' && attempt === 0);
}
