/**
 * @file Successive halving in several brackets that begin to stop at different steps, so that slow starters have a chance.
 * Li et al. 2018, jmlr.org/papers/v18/16-558. Mirrors optuna/pruners/_hyperband.py 5.0.0.
 * Differs: `maxResource: null` is estimated from all finished trials at every decision, where Optuna keeps its first
 * estimate; the number of brackets is exact, where Optuna's logarithms lose one of the 6 of 243 steps by 3; samplers see the trials of all brackets, where Optuna shows a sampler those of the trial's own alone (TPE then
 * draws its first trials at random in every bracket); and as `successive-halving-pruner.ts` says.
 */

import { type FrozenTrial, lastStep } from '../frozen-trial.js';
import { completeOptions, type OptionConflict, type OptionSchemas, refuseConflict } from '../option-schema.js';
import { crc32 } from './crc32.js';
import { pruneInfeasibleOption, violatedConstraint } from './known-constraints.js';
import { keep, type PruneDecision, type Pruner, type PrunerContext, type RunningTrial } from './pruner.js';
import { SuccessiveHalvingPruner, successiveHalvingOptions } from './successive-halving-pruner.js';

/** Options of `HyperbandPruner`; ranges and defaults stand in `hyperbandOptions`. */
export interface HyperbandPrunerOptions {
  readonly minResource?: number;
  readonly maxResource?: number | null;
  readonly reductionFactor?: number;
  readonly bootstrapCount?: number;
  readonly pruneInfeasible?: boolean;
}

export const hyperbandOptions = {
  minResource: { type: 'integer', default: 1, minimum: 1, description: 'Step of the first rung of the first bracket.' },
  maxResource: {
    type: 'integer',
    default: null,
    minimum: 1,
    description: 'Steps of a whole trial; null takes one more than the last step of the longest finished trial.',
  },
  reductionFactor: { ...successiveHalvingOptions.reductionFactor, default: 3 },
  bootstrapCount: {
    ...successiveHalvingOptions.bootstrapCount,
    description: 'Trials of a bracket that must have reached a rung before any goes on; needs maxResource.',
  },
  pruneInfeasible: pruneInfeasibleOption,
} as const satisfies OptionSchemas;

/** What is wrong with the options together. */
export function hyperbandConflict({
  minResource = hyperbandOptions.minResource.default,
  maxResource = null,
  bootstrapCount = 0,
}: HyperbandPrunerOptions): OptionConflict | undefined {
  if (maxResource === null && bootstrapCount > 0) {
    return { name: 'bootstrapCount', value: bootstrapCount, allowed: '0 where maxResource is null' };
  }
  if (maxResource !== null && maxResource < minResource) {
    return { name: 'maxResource', value: maxResource, allowed: `at least minResource (${minResource})` };
  }
  return undefined;
}

/** Prunes as `SuccessiveHalvingPruner` does, among the trials of the bracket that the study's name and the number give. */
export class HyperbandPruner implements Pruner {
  readonly name = 'hyperband';
  readonly reads = 'curves';
  readonly #options: Required<HyperbandPrunerOptions>;

  /** @throws {RangeError} if an option is outside its range, or two do not fit together. */
  constructor(options: HyperbandPrunerOptions = {}) {
    this.#options = completeOptions(hyperbandOptions, options);
    refuseConflict(hyperbandConflict(this.#options));
  }

  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision {
    const { minResource, reductionFactor, bootstrapCount, pruneInfeasible } = this.#options;
    const violated = pruneInfeasible ? violatedConstraint(context, trial) : undefined;
    if (violated !== undefined) return violated;
    const maxResource = this.#options.maxResource ?? estimateMaxResource(history);
    if (maxResource === undefined) return keep('no trial is finished, so the brackets are not known');
    const budgets = bracketBudgets(maxResource / minResource, reductionFactor);
    const bracketOf = (number: number) => bracketAt(budgets, crc32(`${context.studyName ?? ''}_${number}`));
    const bracket = bracketOf(trial.number);
    const halving = new SuccessiveHalvingPruner({
      minResource,
      reductionFactor,
      minEarlyStoppingRate: bracket,
      bootstrapCount,
      pruneInfeasible,
    });
    const rivals = history.filter(({ number }) => bracketOf(number) === bracket);
    const { prune, reason } = halving.decide(context, trial, rivals);
    return { prune, reason: `bracket ${bracket} of ${budgets.length}: ${reason}` };
  }
}

/** One more than the last step of the longest COMPLETE trial; undefined before there is one. */
function estimateMaxResource(history: readonly FrozenTrial[]): number | undefined {
  let longest: number | undefined;
  for (const { state, intermediateValues } of history) {
    const step = state === 'COMPLETE' ? lastStep(intermediateValues) : undefined;
    if (step !== undefined && (longest === undefined || step + 1 > longest)) longest = step + 1;
  }
  return longest;
}

/** How many trials each bracket gets, in proportion; the first bracket begins to stop at the first step. */
function bracketBudgets(resources: number, reductionFactor: number): number[] {
  // A longest trial of fewer than minResource steps leaves one bracket, in which nobody is stopped.
  let count = 1;
  while (reductionFactor ** count <= resources) count++;
  return Array.from({ length: count }, (_, bracket) => {
    const rungs = count - bracket;
    return Math.ceil((count * reductionFactor ** (rungs - 1)) / rungs);
  });
}

function bracketAt(budgets: readonly number[], hash: number): number {
  let rest = hash % budgets.reduce((sum, budget) => sum + budget, 0);
  let bracket = 0;
  while (rest >= budgets[bracket]) rest -= budgets[bracket++];
  return bracket;
}
