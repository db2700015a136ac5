/**
 * @file Stops a trial that is worse than the middle of those before it. Golovin et al. 2017, doi:10.1145/3097983.3098043.
 * Mirrors optuna/pruners/{_median,_percentile}.py 5.0.0.
 * Differs: constraints and several objectives are understood (see `comparableTrials` and `violatedConstraint`); trials
 * that violate a constraint are not compared with; `startupTrials` counts comparable trials.
 */

import { type FrozenTrial, lastStep } from '../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../option-schema.js';
import { comparableTrials } from './comparable-trials.js';
import { formatValue, violatedConstraint } from './known-constraints.js';
import { nanPercentile } from './nan-percentile.js';
import type { PruneDecision, Pruner, PrunerContext, RunningTrial } from './pruner.js';

/** Options of `MedianPruner`; ranges and defaults stand in `medianOptions`. */
export interface MedianPrunerOptions {
  readonly percentile?: number;
  readonly startupTrials?: number;
  readonly warmupSteps?: number;
  readonly intervalSteps?: number;
  readonly minTrials?: number;
  readonly pruneInfeasible?: boolean;
}

export const medianOptions = {
  percentile: {
    type: 'number',
    default: 50,
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
  pruneInfeasible: {
    type: 'boolean',
    default: true,
    description:
      'Stop a trial when a constraint turns out to be violated while it trains. One that is violated before training is never trained, with either value.',
  },
} as const satisfies OptionSchemas;

/**
 * Prunes when the best value so far is worse than the percentile of the comparable trials' values at exactly the last
 * reported step. A trial that has reported only NaN is pruned as soon as there is anything to compare with.
 */
export class MedianPruner implements Pruner {
  readonly name = 'median';
  readonly reads = 'last-step';
  readonly #options: Required<MedianPrunerOptions>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: MedianPrunerOptions = {}) {
    this.#options = completeOptions(medianOptions, options);
  }

  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision {
    const { percentile, startupTrials, warmupSteps, intervalSteps, minTrials, pruneInfeasible } = this.#options;
    const violated = pruneInfeasible ? violatedConstraint(context, trial) : undefined;
    if (violated !== undefined) return violated;

    const stepName = context.stepName ?? 'step';
    const others = comparableTrials(context, trial, history);
    if (others.length === 0 || others.length < startupTrials) {
      return keep(`${others.length} comparable trials, ${Math.max(1, startupTrials)} are needed`);
    }
    const step = lastStep(trial.intermediateValues);
    if (step === undefined) return keep('nothing is reported yet');
    if (step < warmupSteps) return keep(`${stepName} ${step} is before the warm-up of ${warmupSteps}`);
    if (!isFirstInInterval(step, trial.intermediateValues, warmupSteps, intervalSteps)) {
      return keep(`${stepName} ${step} lies between two checks`);
    }

    const maximize = context.directions[context.curveObjective] === 'maximize';
    const name = context.objectiveNames?.[context.curveObjective] ?? 'the value';
    const best = bestOf(trial.intermediateValues.values(), maximize);
    if (Number.isNaN(best)) return { prune: true, reason: `${name} was NaN at every ${stepName} up to ${step}` };

    const values = others.flatMap((other) => other.intermediateValues.get(step) ?? []);
    if (values.length < minTrials) {
      return keep(`${values.length} comparable trials have a value at ${stepName} ${step}, ${minTrials} are needed`);
    }
    const bound = nanPercentile(values, maximize ? 100 - percentile : percentile);
    if (Number.isNaN(bound)) return keep(`every comparable trial was NaN at ${stepName} ${step}`);
    const prune = maximize ? best < bound : best > bound;
    const side = maximize === prune ? 'below' : 'above';
    const boundName = percentile === 50 ? 'median' : `${formatValue(percentile)} % bound`;
    const relation = best === bound ? 'equal to' : side;
    return {
      prune,
      reason: `${name} ${formatValue(best)} at ${stepName} ${step} is ${relation} the ${boundName} ${formatValue(bound)} of ${values.length} comparable ${values.length === 1 ? 'trial' : 'trials'}`,
    };
  }
}

function keep(reason: string): PruneDecision {
  return { prune: false, reason };
}

/** Whether `step` is the first report since the last multiple of the interval after the warm-up. */
function isFirstInInterval(
  step: number,
  reported: ReadonlyMap<number, number>,
  warmupSteps: number,
  intervalSteps: number,
): boolean {
  const checkpoint = Math.floor((step - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps;
  let previous = -1;
  for (const other of reported.keys()) if (other !== step && other > previous) previous = other;
  return previous < checkpoint;
}

/** The best value that is a number; NaN if there is none. */
function bestOf(values: Iterable<number>, maximize: boolean): number {
  let best = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(best) || (maximize ? value > best : value < best)) best = value;
  }
  return best;
}
