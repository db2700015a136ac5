import { createSampler, propose, samplerContext } from '#optuna-ts-client';
import { curveObjectiveOf, toFrozenTrials } from './frozen-trials.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { searchDistributions, toTrialParameters } from './search-distributions.js';
import type { TrialParameters } from './search-space.js';
import type { StudySpec } from './study.js';

/**
 * Asks the study's sampler for the parameters of trial `number`. Deterministic: the same spec, history and number give
 * the same parameters.
 *
 * @param history All trials of the study in order of the number.
 */
export function proposeTrial(spec: StudySpec, history: readonly TrialHistory[], number: number): TrialParameters {
  const sampler = createSampler(spec.sampler.name, spec.sampler.options);
  const context = samplerContext({
    seed: spec.seed,
    trialNumber: number,
    directions: spec.objectives.map(({ direction }) => direction),
    curveObjective: curveObjectiveOf(spec.objectives),
  });
  const { params } = propose(sampler, context, toFrozenTrials(spec, history), searchDistributions(spec.searchSpace));
  return toTrialParameters(params);
}
