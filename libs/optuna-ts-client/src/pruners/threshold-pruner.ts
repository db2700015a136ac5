/**
 * @file Stops a trial whose value leaves a range. Mirrors optuna/pruners/_threshold.py 5.0.0.
 * Differs: without any bound it stops at NaN alone, where Optuna refuses; a known constraint that is violated prunes.
 */

import type { FrozenTrial } from '../frozen-trial.js';
import { completeOptions, type OptionConflict, type OptionSchemas, refuseConflict } from '../option-schema.js';
import { formatValue, pruneInfeasibleOption, violatedConstraint } from './known-constraints.js';
import { curveOf, stepToCheck } from './own-curve.js';
import { keep, type PruneDecision, type Pruner, type PrunerContext, prune, type RunningTrial } from './pruner.js';

/** Options of `ThresholdPruner`; ranges and defaults stand in `thresholdOptions`. */
export interface ThresholdPrunerOptions {
  readonly lower?: number | null;
  readonly upper?: number | null;
  readonly warmupSteps?: number;
  readonly intervalSteps?: number;
  readonly pruneInfeasible?: boolean;
}

export const thresholdOptions = {
  lower: { type: 'number', default: null, description: 'A trial with a value below it is stopped; null is no bound.' },
  upper: { type: 'number', default: null, description: 'A trial with a value above it is stopped; null is no bound.' },
  warmupSteps: { type: 'integer', default: 0, minimum: 0, description: 'No trial is stopped before this step.' },
  intervalSteps: {
    type: 'integer',
    default: 1,
    minimum: 1,
    description: 'Steps between two checks, from the warm-up on.',
  },
  pruneInfeasible: pruneInfeasibleOption,
} as const satisfies OptionSchemas;

/** What is wrong with the bounds together. */
export function thresholdConflict({ lower = null, upper = null }: ThresholdPrunerOptions): OptionConflict | undefined {
  if (lower === null || upper === null || lower <= upper) return undefined;
  return { name: 'lower', value: lower, allowed: `at most upper (${upper})` };
}

/** Prunes when the last value is NaN, below `lower` or above `upper`. Looks at no other trial. */
export class ThresholdPruner implements Pruner {
  readonly name = 'threshold';
  readonly reads = 'nothing';
  readonly #options: Required<ThresholdPrunerOptions>;

  /** @throws {RangeError} if an option is outside its range, or `lower` is above `upper`. */
  constructor(options: ThresholdPrunerOptions = {}) {
    this.#options = completeOptions(thresholdOptions, options);
    refuseConflict(thresholdConflict(this.#options));
  }

  decide(context: PrunerContext, trial: RunningTrial, _history: readonly FrozenTrial[]): PruneDecision {
    const { lower, upper, pruneInfeasible } = this.#options;
    const violated = pruneInfeasible ? violatedConstraint(context, trial) : undefined;
    if (violated !== undefined) return violated;
    const { name, stepName } = curveOf(context);
    const step = stepToCheck(trial.intermediateValues, this.#options, stepName);
    if (typeof step === 'string') return keep(step);
    const value = trial.intermediateValues.get(step)!;
    const said = `${name} ${formatValue(value)} at ${stepName} ${step}`;
    if (Number.isNaN(value)) return prune(`${name} is NaN at ${stepName} ${step}`);
    if (lower !== null && value < lower) return prune(`${said} is below the lower bound ${formatValue(lower)}`);
    if (upper !== null && value > upper) return prune(`${said} is above the upper bound ${formatValue(upper)}`);
    return keep(lower === null && upper === null ? `${said} is a number` : `${said} is within the bounds`);
  }
}
