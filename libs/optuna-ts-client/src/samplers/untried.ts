import type { Rng } from '#primitives';
import type { ConditionalSpace } from '../conditional-space.js';
import type { SearchSpace } from '../search-space.js';
import { configurationAt, configurationCount } from './configuration-grid.js';
import { configurationKey, countsAsTried, liesInside } from './configuration-key.js';
import type { InternalParams, SamplerContext, TrialHistory } from './sampler.js';
import { UntriedConfigurations } from './untried-configurations.js';

/**
 * How many configurations of the space no trial has; Infinity with a continuous parameter.
 *
 * Every trial of the study counts, also one that waits or has failed, but not one that failed before anyone claimed it.
 */
export function untriedCount(space: ConditionalSpace, history: TrialHistory): number {
  return new UntriedConfigurations(space, history).count;
}

/**
 * The first proposal that no trial has; if there is none among them, an untried configuration at random; if the space is
 * used up, the first proposal.
 *
 * @param proposals At least one, best first; read only as far as needed.
 * @param context What else is decided of the trial: only trials with the same `fixed` parameters have a configuration,
 *   and while more may follow nothing is a repeat. @default nothing
 */
export function firstUntried(
  proposals: Iterable<InternalParams>,
  space: SearchSpace,
  history: TrialHistory,
  rng: Rng,
  { fixed = {}, mayFollow = false }: Pick<SamplerContext, 'fixed' | 'mayFollow'> = {},
): InternalParams {
  const total = mayFollow ? Number.POSITIVE_INFINITY : configurationCount(space);
  const tried = Number.isFinite(total) ? triedKeys(space, history, fixed) : new Set<string>();
  let first: InternalParams | undefined;
  for (const proposal of proposals) {
    first ??= proposal;
    if (tried.size >= total || !tried.has(configurationKey(space, proposal))) {
      return tried.size >= total ? first : proposal;
    }
  }
  // Walks the numbered grid from a random place: ends after at most one step more than there are tried ones.
  for (let place = rng.integer(0, total); ; place = (place + 1) % total) {
    const candidate = configurationAt(space, place);
    if (!tried.has(configurationKey(space, candidate))) return candidate;
  }
}

function triedKeys(space: SearchSpace, history: TrialHistory, fixed: InternalParams): Set<string> {
  const fixedParams = Object.entries(fixed);
  const keys = new Set<string>();
  for (const trial of history) {
    if (!countsAsTried(trial) || !liesInside(space, trial)) continue;
    if (fixedParams.some(([name, internal]) => trial.internalParams[name] !== internal)) continue;
    keys.add(configurationKey(space, trial.internalParams));
  }
  return keys;
}
