/**
 * @file Asynchronous successive halving: at each rung only the best share of the trials that reached it goes on.
 * Li et al. 2020, arXiv:1810.05934 (the stopping form). Mirrors optuna/pruners/_successive_halving.py 5.0.0.
 * Differs: rungs are read off the curves, where Optuna stores the value of each rung when it is asked. That is the same
 * value as long as it is asked after every report. It is not: for trials that ended before `minResource: null` could be
 * estimated (Optuna has no rungs of them, here they compete); where a later, longer trial raises that estimate (Optuna
 * keeps its first one); and for a pruned trial whose last report jumped over several rungs (it counts at the first).
 * Several objectives and constraints are understood: only comparable trials compete, whatever their state.
 */

import { type FrozenTrial, lastStep } from '../frozen-trial.js';
import { completeOptions, type OptionConflict, type OptionSchemas, refuseConflict } from '../option-schema.js';
import { isComparable } from './comparable-trials.js';
import { formatValue, pruneInfeasibleOption, violatedConstraint } from './known-constraints.js';
import { curveOf } from './own-curve.js';
import { keep, type PruneDecision, type Pruner, type PrunerContext, prune, type RunningTrial } from './pruner.js';
import { competingValue, type Rungs, rungStep, rungValues } from './rung-values.js';

/** Options of `SuccessiveHalvingPruner`; ranges and defaults stand in `successiveHalvingOptions`. */
export interface SuccessiveHalvingPrunerOptions {
  readonly minResource?: number | null;
  readonly reductionFactor?: number;
  readonly minEarlyStoppingRate?: number;
  readonly bootstrapCount?: number;
  readonly pruneInfeasible?: boolean;
}

export const successiveHalvingOptions = {
  minResource: {
    type: 'integer',
    default: null,
    minimum: 1,
    description: 'Step of the first rung; null takes a hundredth of the longest finished trial, at least 1.',
  },
  reductionFactor: {
    type: 'integer',
    default: 4,
    minimum: 2,
    description: 'One of so many trials goes on at each rung, and each rung is so many times as far as the one before.',
  },
  minEarlyStoppingRate: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: 'How many of the first rungs are left out.',
  },
  bootstrapCount: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: 'Trials that must have reached a rung before any goes on; needs minResource.',
  },
  pruneInfeasible: pruneInfeasibleOption,
} as const satisfies OptionSchemas;

/** What is wrong with the options together. */
export function successiveHalvingConflict({
  minResource = null,
  bootstrapCount = 0,
}: SuccessiveHalvingPrunerOptions): OptionConflict | undefined {
  if (bootstrapCount === 0 || minResource !== null) return undefined;
  return { name: 'bootstrapCount', value: bootstrapCount, allowed: '0 where minResource is null' };
}

/**
 * Prunes at a rung unless the value is within the best `max(1, ⌊m / reductionFactor⌋)` of the m trials that have reached
 * the rung, itself included. A NaN at a rung prunes.
 */
export class SuccessiveHalvingPruner implements Pruner {
  readonly name = 'asha';
  readonly reads = 'curves';
  readonly #options: Required<SuccessiveHalvingPrunerOptions>;

  /** @throws {RangeError} if an option is outside its range, or `bootstrapCount` comes without `minResource`. */
  constructor(options: SuccessiveHalvingPrunerOptions = {}) {
    this.#options = completeOptions(successiveHalvingOptions, options);
    refuseConflict(successiveHalvingConflict(this.#options));
  }

  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision {
    const { minResource, reductionFactor, minEarlyStoppingRate, bootstrapCount, pruneInfeasible } = this.#options;
    const violated = pruneInfeasible ? violatedConstraint(context, trial) : undefined;
    if (violated !== undefined) return violated;
    const step = lastStep(trial.intermediateValues);
    if (step === undefined) return keep('nothing is reported yet');
    const { maximize, name, stepName } = curveOf(context);
    const resource = minResource ?? estimateMinResource(history);
    if (resource === undefined) return keep('no trial is finished, so the first rung is not known');

    const rungs: Rungs = { firstStep: resource * reductionFactor ** minEarlyStoppingRate, factor: reductionFactor };
    const value = trial.intermediateValues.get(step)!;
    const competitors = history.filter((other) => isComparable(context, trial, other));
    let said = '';
    for (let rung = rungValues(trial.intermediateValues, rungs, step - 1).length; ; rung++) {
      const next = rungStep(rungs, rung);
      if (step < next) return keep(said || `the next rung is ${stepName} ${next}`);
      const at = `at the rung of ${stepName} ${next}`;
      if (Number.isNaN(value)) return prune(`${name} is NaN ${at}`);
      const competing = competitors.flatMap((other) => competingValue(other, rungs, rung) ?? []);
      competing.push(value);
      const trials = `${competing.length} comparable ${competing.length === 1 ? 'trial' : 'trials'}`;
      if (competing.length <= bootstrapCount) {
        return prune(`the first ${bootstrapCount} trials are stopped ${at}, and ${trials} have come there`);
      }
      const places = Math.max(1, Math.floor(competing.length / reductionFactor));
      competing.sort((a, b) => (maximize ? b - a : a - b));
      const bound = competing[places - 1];
      const share = `the best ${places} of ${trials} ${at}`;
      if (maximize ? value < bound : value > bound) {
        return prune(
          `${name} ${formatValue(value)} is not among ${share}, the last of which has ${formatValue(bound)}`,
        );
      }
      said = `${name} ${formatValue(value)} is among ${share}`;
    }
  }
}

/** A hundredth of the longest COMPLETE trial, at least 1; undefined before there is one. */
function estimateMinResource(history: readonly FrozenTrial[]): number | undefined {
  const steps = history.flatMap(({ state, intermediateValues }) =>
    state === 'COMPLETE' ? (lastStep(intermediateValues) ?? []) : [],
  );
  return steps.length === 0 ? undefined : Math.max(1, Math.floor(steps.reduce((a, b) => Math.max(a, b)) / 100));
}
