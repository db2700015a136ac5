import { createSampler, propose, samplerContext, untriedCount } from '#optuna-ts-client';
import { curveObjectiveOf, toFrozenTrials } from './frozen-trials.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { searchDistributions, toTrialParameters } from './search-distributions.js';
import type { TrialParameters } from './search-space.js';
import type { StudySpec } from './study.js';
import { toWarmTrials } from './warm-start.js';

/**
 * Asks the study's sampler for the parameters of trial `number`. Deterministic: the same spec, history and number give
 * the same parameters.
 *
 * @param history All trials of the study in order of the number.
 * @param earlier Finished trials of the studies of `spec.warmStart`, older ones first. @default none
 * @returns Null where the search space is finite and every point of it has been tried: nothing is trained twice for
 * want of anything better.
 */
export function proposeTrial(
  spec: StudySpec,
  history: readonly TrialHistory[],
  number: number,
  earlier: readonly TrialHistory[] = [],
): TrialParameters | null {
  const space = searchDistributions(spec.searchSpace);
  const trials = [...toWarmTrials(spec, earlier), ...toFrozenTrials(spec, history)];
  if (untriedCount(space, trials) <= 0) return null;
  const sampler = createSampler(spec.sampler.name, spec.sampler.options);
  const context = samplerContext({
    seed: spec.seed,
    trialNumber: number,
    directions: spec.objectives.map(({ direction }) => direction),
    curveObjective: curveObjectiveOf(spec.objectives),
  });
  const { params } = propose(sampler, context, trials, space);
  return toTrialParameters(params);
}
