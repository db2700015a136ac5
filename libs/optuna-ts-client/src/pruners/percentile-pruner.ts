/**
 * @file Stops a trial that is worse than a share of those before it. Golovin et al. 2017, doi:10.1145/3097983.3098043.
 * Mirrors optuna/pruners/_percentile.py 5.0.0.
 * Differs: constraints and several objectives are understood (see `comparableTrials` and `violatedConstraint`); trials
 * that violate a constraint are not compared with; `startupTrials` counts comparable trials.
 */

import type { FrozenTrial } from '../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../option-schema.js';
import { comparableTrials } from './comparable-trials.js';
import { formatValue, pruneInfeasibleOption, violatedConstraint } from './known-constraints.js';
import { nanPercentile } from './nan-percentile.js';
import { bestOf, curveOf, stepToCheck } from './own-curve.js';
import { keep, type PruneDecision, type Pruner, type PrunerContext, prune, type RunningTrial } from './pruner.js';

/** Options of `PercentilePruner`; ranges and defaults stand in `percentileOptions`. */
export interface PercentilePrunerOptions {
  readonly percentile?: number;
  readonly startupTrials?: number;
  readonly warmupSteps?: number;
  readonly intervalSteps?: number;
  readonly minTrials?: number;
  readonly pruneInfeasible?: boolean;
}

export const percentileOptions = {
  percentile: {
    type: 'number',
    default: 25,
    minimum: 0,
    maximum: 100,
    description: 'Trials below this share (percent, from the best) at the same step are stopped; 50 is the median.',
  },
  startupTrials: {
    type: 'integer',
    default: 5,
    minimum: 0,
    description: 'Comparable finished trials before any is stopped.',
  },
  warmupSteps: { type: 'integer', default: 0, minimum: 0, description: 'No trial is stopped before this step.' },
  intervalSteps: {
    type: 'integer',
    default: 1,
    minimum: 1,
    description: 'Steps between two checks, from the warm-up on.',
  },
  minTrials: {
    type: 'integer',
    default: 1,
    minimum: 1,
    description: 'Comparable trials with a value at the same step.',
  },
  pruneInfeasible: pruneInfeasibleOption,
} as const satisfies OptionSchemas;

/**
 * Prunes when the best value so far is worse than the percentile of the comparable trials' values at exactly the last
 * reported step. A trial that has reported only NaN is pruned as soon as there is anything to compare with.
 */
export class PercentilePruner implements Pruner {
  readonly name: string = 'percentile';
  readonly reads = 'last-step';
  readonly #options: Required<PercentilePrunerOptions>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: PercentilePrunerOptions = {}) {
    this.#options = completeOptions(percentileOptions, options);
  }

  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision {
    const { percentile, startupTrials, minTrials, pruneInfeasible } = this.#options;
    const violated = pruneInfeasible ? violatedConstraint(context, trial) : undefined;
    if (violated !== undefined) return violated;

    const { maximize, name, stepName } = curveOf(context);
    const others = comparableTrials(context, trial, history);
    if (others.length === 0 || others.length < startupTrials) {
      return keep(`${others.length} comparable trials, ${Math.max(1, startupTrials)} are needed`);
    }
    const step = stepToCheck(trial.intermediateValues, this.#options, stepName);
    if (typeof step === 'string') return keep(step);

    const best = bestOf(trial.intermediateValues.values(), maximize);
    if (Number.isNaN(best)) return prune(`${name} was NaN at every ${stepName} up to ${step}`);

    const values = others.flatMap((other) => other.intermediateValues.get(step) ?? []);
    if (values.length < minTrials) {
      return keep(`${values.length} comparable trials have a value at ${stepName} ${step}, ${minTrials} are needed`);
    }
    const bound = nanPercentile(values, maximize ? 100 - percentile : percentile);
    if (Number.isNaN(bound)) return keep(`every comparable trial was NaN at ${stepName} ${step}`);
    const isWorse = maximize ? best < bound : best > bound;
    const side = maximize === isWorse ? 'below' : 'above';
    const boundName = percentile === 50 ? 'median' : `${formatValue(percentile)} % bound`;
    const relation = best === bound ? 'equal to' : side;
    return {
      prune: isWorse,
      reason: `${name} ${formatValue(best)} at ${stepName} ${step} is ${relation} the ${boundName} ${formatValue(bound)} of ${values.length} comparable ${values.length === 1 ? 'trial' : 'trials'}`,
    };
  }
}
