import type { Rng } from '#primitives';
import { cardinality, internalAt } from '../distributions/internal-representation.js';
import type { SearchSpace } from '../search-space.js';
import { TrialLedger } from './ledger/trial-ledger.js';
import { configurationCount, TriedConfigurations } from './ledger/tried-configurations.js';
import type { InternalParams, TrialHistory } from './sampler.js';

/**
 * How many configurations of the space no trial has; Infinity with a continuous parameter.
 *
 * Every trial counts, also one that waits or has failed, but not one that failed before anyone claimed it.
 */
export function untriedCount(space: SearchSpace, history: TrialHistory): number {
  const total = configurationCount(space);
  return Number.isFinite(total) ? total - TriedConfigurations.of(TrialLedger.of(history), space).size : total;
}

/** Parameters that are decided already, and where they may lie. */
export interface DecidedParams {
  readonly params: InternalParams;
  readonly space: SearchSpace;
}

/**
 * The first proposal that no trial has; if there is none among them, an untried configuration at random; if the space is
 * used up, the first proposal.
 *
 * @param proposals At least one, best first; read only as far as needed.
 * @param decided Part of the configuration that is not proposed. @default none
 */
export function firstUntried(
  proposals: Iterable<InternalParams>,
  space: SearchSpace,
  history: TrialHistory,
  rng: Rng,
  decided: DecidedParams = { params: {}, space: {} },
): InternalParams {
  const all = { ...decided.space, ...space };
  const allCount = configurationCount(all);
  const tried = Number.isFinite(allCount) ? TriedConfigurations.of(TrialLedger.of(history), all) : undefined;
  const isTried = (params: InternalParams) => tried?.has({ ...decided.params, ...params }) ?? false;
  const isUsedUp = tried !== undefined && tried.size >= allCount;
  let first: InternalParams | undefined;
  for (const proposal of proposals) {
    first ??= proposal;
    if (isUsedUp || !isTried(proposal)) return proposal;
  }
  // Walks the numbered grid from a random place: ends after at most one step more than there are tried ones.
  const total = configurationCount(space);
  const start = rng.integer(0, total);
  for (let step = 0; step < total; step++) {
    const candidate = configurationAt(space, (start + step) % total);
    if (!isTried(candidate)) return candidate;
  }
  return first as InternalParams;
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
