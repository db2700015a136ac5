import type { Rng } from '#primitives';
import { type ConditionalSpace, isFlat } from '../conditional-space.js';
import type { SearchSpace } from '../search-space.js';
import { configurationAt, configurationCount } from './configuration-grid.js';
import { TrialLedger } from './ledger/trial-ledger.js';
import { TriedConfigurations } from './ledger/tried-configurations.js';
import type { InternalParams, SamplerContext, TrialHistory } from './sampler.js';
import { UntriedConfigurations } from './untried-configurations.js';

/**
 * How many configurations of the space no trial has; Infinity with a continuous parameter.
 *
 * Every trial of the study counts, also one that waits or has failed, but not one that failed before anyone claimed it.
 */
export function untriedCount(space: ConditionalSpace, history: TrialHistory): number {
  if (!isFlat(space)) return new UntriedConfigurations(space, history).count;
  const total = configurationCount(space);
  return Number.isFinite(total) ? total - TriedConfigurations.of(TrialLedger.of(history), space).size : total;
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
  const tried = Number.isFinite(total) ? triedWith(fixed, space, history) : undefined;
  const isUsedUp = tried !== undefined && tried.size >= total;
  for (const proposal of proposals) if (isUsedUp || tried?.has(proposal) !== true) return proposal;
  // Walks the numbered grid from a random place: ends after at most one step more than there are tried ones.
  for (let place = rng.integer(0, total); ; place = (place + 1) % total) {
    const candidate = configurationAt(space, place);
    if (tried?.has(candidate) !== true) return candidate;
  }
}

/** A ledger of the whole study is kept from ask to ask; one of the trials with some fixed values serves this ask alone. */
function triedWith(fixed: InternalParams, space: SearchSpace, history: TrialHistory): TriedConfigurations {
  const entries = Object.entries(fixed);
  const alike =
    entries.length === 0
      ? history
      : history.filter(({ internalParams }) => entries.every(([name, value]) => internalParams[name] === value));
  return TriedConfigurations.of(entries.length === 0 ? TrialLedger.of(alike) : TrialLedger.apart(alike), space);
}
