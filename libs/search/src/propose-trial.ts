import { isFlat, propose, samplerContext, untriedCount } from '#optuna-ts-client';
import { curveObjectiveOf } from './frozen-trials.js';
import { KeptStudy } from './kept-study.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { searchDistributions, toTrialParameters } from './search-distributions.js';
import type { TrialParameters } from './search-space.js';
import type { StudySpec } from './study.js';

/**
 * Asks the study's sampler for the parameters of trial `number`. Deterministic: the same spec, history and number give
 * the same parameters.
 *
 * @param history All trials of the study in order of the number.
 * @param earlier Finished trials of the studies of `spec.warmStart`, older ones first. @default none
 * @param kept What was kept of the study since the last ask. @default nothing
 * @returns Null where the search space is finite and every point of it has been tried, or the sampler has no other (a
 * grid): nothing is trained twice for want of anything better.
 */
export function proposeTrial(
  spec: StudySpec,
  history: readonly TrialHistory[],
  number: number,
  earlier: readonly TrialHistory[] = [],
  kept: KeptStudy = new KeptStudy(spec),
): TrialParameters | null {
  const space = searchDistributions(spec.searchSpace);
  const trials = kept.freeze(history, earlier);
  const { sampler } = kept;
  if (untriedCount(space, trials) <= 0 || (isFlat(space) && sampler.isExhausted?.(trials, space))) return null;
  const context = samplerContext({
    seed: spec.seed,
    trialNumber: number,
    directions: spec.objectives.map(({ direction }) => direction),
    curveObjective: curveObjectiveOf(spec.objectives),
  });
  const { params } = propose(sampler, context, trials, space);
  return toTrialParameters(params);
}
