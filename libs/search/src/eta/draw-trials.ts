import type { Rng } from '#primitives';
import { epochCounts } from '../fit-epochs.js';
import { epochRungs } from '../planner/epoch-rungs.js';
import { RETUNE } from '../planner/retune-options.js';
import type { TrialDuration } from '../ports/trial-repository.js';
import type { SearchSpace, TrialParameters } from '../search-space.js';
import type { StudySpec } from '../study.js';

/** What decides how long a trial takes. */
export type TrialShape = Pick<TrialParameters, 'architecture' | 'retrainDepth' | 'epochs'> & {
  /** Epochs that it takes over from another trial. @default 0 */
  readonly fromEpoch?: number;
};

/** What a sampler is likely to propose, and how far its trials get. */
export interface TrialMix {
  /** A trial that is not made yet. */
  draw(rng: Rng): TrialShape;
  /** Part of its epochs that a trial makes before it is pruned, in [0, 1]. */
  share(rng: Rng): number;
  /** Seconds of trials of an architecture that is never trained, as it misses a constraint; undefined where it is. */
  secondsUntrained(architecture: string): number | undefined;
}

/** Samplers that propose every part of the space alike, whatever they have seen. */
const UNIFORM = new Set(['random', 'qmc', 'grid']);
/** Trials that the whole space counts for beside the ones that an adaptive sampler has proposed. */
const SPACE_WEIGHT = 8;
/** An adaptive sampler's older proposals say nothing of its next one. */
const LAST_PROPOSALS = 30;
/** Trials without a pruner's verdict that are held to have gone to their end. */
const WHOLE_TRIALS = 2;

/**
 * The mix of trials that a study goes on with: of its sampler's last proposals, and the space.
 *
 * @param trials Of the study, in any order.
 * @param firstProposal Number of the first trial that the sampler proposed.
 * @param ruledOut Architectures that a profile shows to miss a constraint.
 */
export function trialMix(
  { searchSpace, sampler, pruner }: Pick<StudySpec, 'searchSpace' | 'sampler' | 'pruner'>,
  trials: readonly TrialDuration[],
  firstProposal: number,
  ruledOut: ReadonlySet<string>,
): TrialMix {
  const proposed = trials
    .filter(({ number, state }) => number >= firstProposal && state !== 'WAITING')
    .sort((a, b) => b.number - a.number)
    .slice(0, LAST_PROPOSALS);
  const ended = trials.filter(({ state, epoch }) => epoch > 0 && (state === 'COMPLETE' || state === 'PRUNED'));
  const shares = ended.map(({ epoch, parameters }) => Math.min(1, epoch / parameters.epochs));
  const untrained = untrainedSeconds(trials, ruledOut);
  const counts = epochCounts(searchSpace.epochs);
  const rungs = sampler.name === RETUNE ? rungSteps(searchSpace.epochs) : [];
  const pick = <Value>(values: readonly Value[], rng: Rng) => values[rng.integer(0, values.length)] as Value;
  const weight = UNIFORM.has(sampler.name) ? Number.POSITIVE_INFINITY : SPACE_WEIGHT;
  return {
    draw(rng) {
      if (rng.float() < proposed.length / (proposed.length + weight)) {
        const { parameters, fromEpoch } = pick(proposed, rng);
        return { ...parameters, fromEpoch };
      }
      return {
        architecture: pick(searchSpace.architecture, rng),
        retrainDepth: pick(searchSpace.retrainDepth, rng),
        ...(rungs.length > 0 ? pick(rungs, rng) : { epochs: pick(counts, rng) }),
      };
    },
    share(rng) {
      if (pruner.name === 'none') return 1;
      return rng.float() < shares.length / (shares.length + WHOLE_TRIALS) ? pick(shares, rng) : 1;
    },
    secondsUntrained: (architecture) => untrained.get(architecture),
  };
}

/** What the planner gives out: the first rung, or one from the rung before. */
function rungSteps(epochs: SearchSpace['epochs']): { readonly epochs: number; readonly fromEpoch: number }[] {
  return epochRungs(epochs).map((count, index, rungs) => ({ epochs: count, fromEpoch: rungs[index - 1] ?? 0 }));
}

/** Architectures whose trials ended before their first epoch, with the mean of what that took. */
function untrainedSeconds(trials: readonly TrialDuration[], ruledOut: ReadonlySet<string>): Map<string, number> {
  const seconds = new Map<string, number>([...ruledOut].map((name) => [name, 0]));
  const groups = new Map<string, number[]>();
  for (const { state, epoch, parameters, seconds: taken } of trials) {
    if (state !== 'PRUNED' || epoch > 0 || taken === null) continue;
    groups.set(parameters.architecture, [...(groups.get(parameters.architecture) ?? []), taken]);
  }
  for (const [name, values] of groups) seconds.set(name, values.reduce((sum, value) => sum + value, 0) / values.length);
  return seconds;
}
