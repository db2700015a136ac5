import type { Rng } from '#primitives';
import { cardinality, contains, internalAt } from '../distributions/internal-representation.js';
import type { FrozenTrial } from '../frozen-trial.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams, TrialHistory } from './sampler.js';

/**
 * How many configurations of the space no trial has; Infinity with a continuous parameter.
 *
 * Every trial counts, also one that waits or has failed, but not one that failed before anyone claimed it.
 */
export function untriedCount(space: SearchSpace, history: TrialHistory): number {
  const total = Object.values(space).reduce((product, distribution) => product * cardinality(distribution), 1);
  return Number.isFinite(total) ? total - triedKeys(space, history).size : total;
}

/**
 * The first proposal that no trial has; if there is none among them, an untried configuration at random; if the space is
 * used up, the first proposal.
 *
 * @param proposals At least one, best first; read only as far as needed.
 */
export function firstUntried(
  proposals: Iterable<InternalParams>,
  space: SearchSpace,
  history: TrialHistory,
  rng: Rng,
): InternalParams {
  const total = Object.values(space).reduce((product, distribution) => product * cardinality(distribution), 1);
  const tried = Number.isFinite(total) ? triedKeys(space, history) : new Set<string>();
  let first: InternalParams | undefined;
  for (const proposal of proposals) {
    first ??= proposal;
    if (tried.size >= total || !tried.has(keyOf(space, proposal))) return tried.size >= total ? first : proposal;
  }
  // Walks the numbered grid from a random place: ends after at most one step more than there are tried ones.
  for (let place = rng.integer(0, total); ; place = (place + 1) % total) {
    const candidate = configurationAt(space, place);
    if (!tried.has(keyOf(space, candidate))) return candidate;
  }
}

function triedKeys(space: SearchSpace, history: TrialHistory): Set<string> {
  const keys = new Set<string>();
  for (const trial of history) {
    if (isInside(space, trial) && !(trial.state === 'FAIL' && trial.attempt === 0)) {
      keys.add(keyOf(space, trial.internalParams));
    }
  }
  return keys;
}

function isInside(space: SearchSpace, trial: FrozenTrial): boolean {
  return Object.entries(space).every(([name, distribution]) => {
    const internal = trial.internalParams[name];
    return internal !== undefined && contains(distribution, internal);
  });
}

function keyOf(space: SearchSpace, params: InternalParams): string {
  return Object.entries(space)
    .map(([name, { type, ...distribution }]) => {
      // Grid points are compared by their place: 0.1 + 0.2 and 0.3 are one.
      if (type === 'categorical' || !('step' in distribution) || distribution.step === null) return params[name];
      return Math.round((params[name] - distribution.low) / distribution.step);
    })
    .join(' ');
}

function configurationAt(space: SearchSpace, place: number): InternalParams {
  const params: Record<string, number> = {};
  let rest = place;
  for (const [name, distribution] of Object.entries(space)) {
    const values = cardinality(distribution);
    params[name] = internalAt(distribution, rest % values);
    rest = Math.floor(rest / values);
  }
  return params;
}
