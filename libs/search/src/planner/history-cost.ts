import type { TrialDuration } from '../ports/trial-repository.js';
import type { RetrainDepth, TrialParameters } from '../search-space.js';
import type { TrainingCost } from './planner-input.js';

/** Seconds of an epoch where nothing was ever trained: only their proportions count then. */
const ASSUMED: Readonly<Record<RetrainDepth, number>> = { shallow: 1, partial: 2, deep: 4, scratch: 4 };

/**
 * Costs by what the trials of the study took: the median seconds of an epoch, start-up included, of the trials alike, else
 * of the same depth, else of all, in proportion to what depths usually cost.
 */
export class HistoryCost implements TrainingCost {
  readonly #rates = new Map<string, number>();

  constructor(durations: readonly TrialDuration[]) {
    const seen = new Map<string, number[]>();
    for (const { state, parameters, epoch, seconds } of durations) {
      if ((state !== 'COMPLETE' && state !== 'PRUNED') || seconds === null || epoch === 0) continue;
      for (const key of keysOf(parameters)) {
        const rate = seconds / epoch / (key === '' ? ASSUMED[parameters.retrainDepth] : 1);
        seen.set(key, [...(seen.get(key) ?? []), rate]);
      }
    }
    for (const [key, rates] of seen) this.#rates.set(key, Float64Array.from(rates).sort()[rates.length >> 1]);
  }

  secondsOf(parameters: TrialParameters, fromEpoch: number): number {
    const [own, depth, all] = keysOf(parameters).map((key) => this.#rates.get(key));
    const rate = own ?? depth ?? (all ?? 1) * ASSUMED[parameters.retrainDepth];
    return Math.max(1, parameters.epochs - fromEpoch) * rate;
  }
}

function keysOf({ architecture, retrainDepth }: TrialParameters): string[] {
  return [`${architecture}/${retrainDepth}`, `/${retrainDepth}`, ''];
}
