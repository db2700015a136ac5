/**
 * @file Stops a trial that Wilcoxon's signed-rank test finds worse than the best one, step by step in pairs. For steps that
 * are problem instances or folds of a cross-validation, whose mean is the final value; not for learning curves.
 * Mirrors optuna/pruners/_wilcoxon.py 5.0.0.
 * Differs: several objectives and constraints are understood: the best trial is the best of the comparable ones.
 */

import type { FrozenTrial } from '../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../option-schema.js';
import { comparableTrials } from './comparable-trials.js';
import { formatValue, pruneInfeasibleOption, violatedConstraint } from './known-constraints.js';
import { curveOf } from './own-curve.js';
import { keep, type PruneDecision, type Pruner, type PrunerContext, prune, type RunningTrial } from './pruner.js';
import { wilcoxonSignedRank } from './wilcoxon-signed-rank.js';

/** Options of `WilcoxonPruner`; ranges and defaults stand in `wilcoxonOptions`. */
export interface WilcoxonPrunerOptions {
  readonly pThreshold?: number;
  readonly startupSteps?: number;
  readonly pruneInfeasible?: boolean;
}

export const wilcoxonOptions = {
  pThreshold: {
    type: 'number',
    default: 0.1,
    minimum: 0,
    maximum: 1,
    description: 'A trial is stopped when its p-value against the best one is below this.',
  },
  startupSteps: {
    type: 'integer',
    default: 2,
    minimum: 0,
    description: 'Steps in common with the best trial before the test is made; at least 2 are always needed.',
  },
  pruneInfeasible: pruneInfeasibleOption,
} as const satisfies OptionSchemas;

/** Prunes when the p-value is small, unless the mean so far is at least as good as the best trial's. */
export class WilcoxonPruner implements Pruner {
  readonly name = 'wilcoxon';
  readonly reads = 'curves';
  readonly #options: Required<WilcoxonPrunerOptions>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: WilcoxonPrunerOptions = {}) {
    this.#options = completeOptions(wilcoxonOptions, options);
  }

  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision {
    const { pThreshold, startupSteps, pruneInfeasible } = this.#options;
    const violated = pruneInfeasible ? violatedConstraint(context, trial) : undefined;
    if (violated !== undefined) return violated;
    const own = trial.intermediateValues;
    if (own.size === 0) return keep('nothing is reported yet');
    if (!allFinite(own)) return keep('a value of this trial is not finite, and cannot be tested');
    const { maximize, name, stepName } = curveOf(context);
    const best = bestTrial(comparableTrials(context, trial, history), context.curveObjective, maximize);
    if (best === undefined) return keep('no comparable trial is finished');
    const others = best.intermediateValues;
    if (others.size === 0) return keep(`the best trial ${best.number} has no values to compare with`);
    if (!allFinite(others)) return keep(`a value of the best trial ${best.number} is not finite, and cannot be tested`);

    const differences = [...own].flatMap(([step, value]) => (others.has(step) ? value - others.get(step)! : []));
    const needed = Math.max(2, startupSteps);
    if (differences.length < needed) {
      return keep(
        `${differences.length} ${stepName}s in common with the best trial ${best.number}, ${needed} are needed`,
      );
    }
    const pValue = wilcoxonSignedRank(differences, maximize ? 'less' : 'greater');
    const versus = `p ${formatValue(pValue)} that ${name} is no worse than in the best trial ${best.number}, over ${differences.length} ${stepName}s,`;
    if (!(pValue < pThreshold)) return keep(`${versus} is not below ${formatValue(pThreshold)}`);
    const means = [mean(own), mean(others)];
    const said = `${versus} is below ${formatValue(pThreshold)}`;
    if (maximize ? means[1] <= means[0] : means[1] >= means[0]) {
      return keep(`${said}, but its mean ${formatValue(means[0])} is no worse than ${formatValue(means[1])}`);
    }
    return prune(said);
  }
}

/** The first of those with the best final value. */
function bestTrial(trials: readonly FrozenTrial[], objective: number, maximize: boolean): FrozenTrial | undefined {
  let best: FrozenTrial | undefined;
  for (const trial of trials) {
    const value = trial.values?.[objective];
    if (value === undefined) continue;
    const than = best?.values?.[objective];
    if (than === undefined || (maximize ? value > than : value < than)) best = trial;
  }
  return best;
}

function allFinite(curve: ReadonlyMap<number, number>): boolean {
  return [...curve.values()].every(Number.isFinite);
}

function mean(curve: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const value of curve.values()) sum += value;
  return sum / curve.size;
}
