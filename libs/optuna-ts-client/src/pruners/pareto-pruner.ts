/**
 * @file Stops a trial when even its optimistic outcome cannot enter the feasible Pareto front, or cannot meet a constraint.
 * Works with any number of objectives, of which one has a curve, or none where a constraint has it. Without a counterpart in Optuna, which does not prune
 * with several objectives. Related: Domhan et al. 2015 (IJCAI; extrapolated learning curves against the best trial).
 */

import { type FrozenTrial, toLosses, violationOf } from '../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../option-schema.js';
import { formatValue, pruneInfeasibleOption, violatedConstraint } from './known-constraints.js';
import { knownMedians } from './known-medians.js';
import { type OptimisticOutcome, optimisticOutcome } from './optimistic-outcome.js';
import { curveOf, stepToCheck } from './own-curve.js';
import { keep, type PruneDecision, type Pruner, type PrunerContext, prune, type RunningTrial } from './pruner.js';

/** Options of `ParetoPruner`; ranges and defaults stand in `paretoOptions`. */
export interface ParetoPrunerOptions {
  readonly groupBy?: readonly string[];
  readonly minTrials?: number;
  readonly neighbours?: number;
  readonly noiseFactor?: number;
  readonly margin?: number;
  readonly unknownObjectives?: 'unbounded' | 'group-best';
  readonly warmupSteps?: number;
  readonly intervalSteps?: number;
  readonly pruneInfeasible?: boolean;
}

export const paretoOptions = {
  groupBy: {
    type: 'names',
    default: [],
    description: 'Parameters that make the curves of trials alike; where it is empty, those that are choices.',
  },
  minTrials: {
    type: 'integer',
    default: 3,
    minimum: 1,
    description:
      'Finished trials, as like as there are, that must have gone on from a step before any is stopped at it.',
  },
  neighbours: {
    type: 'integer',
    default: 8,
    minimum: 1,
    description: 'Of the trials alike, how many are looked at: those with the nearest value at the same step.',
  },
  noiseFactor: {
    type: 'number',
    default: 2,
    minimum: 0,
    description: 'Standard deviations of the noise of the curves that are added to the optimistic outcome.',
  },
  margin: {
    type: 'number',
    default: 0,
    minimum: 0,
    description: 'By how much, in the unit of the curve, a finished trial must be better than the optimistic outcome.',
  },
  unknownObjectives: {
    type: 'enum',
    default: 'unbounded',
    values: ['unbounded', 'group-best'],
    description:
      'What is hoped for of an objective that has no curve and is not known yet: anything (then only bounds that are known count), or the best of the trials alike.',
  },
  warmupSteps: { type: 'integer', default: 0, minimum: 0, description: 'No trial is stopped before this step.' },
  intervalSteps: {
    type: 'integer',
    default: 1,
    minimum: 1,
    description: 'Steps between two checks, from the warm-up on.',
  },
  pruneInfeasible: pruneInfeasibleOption,
} as const satisfies OptionSchemas;

/**
 * Prunes when a feasible COMPLETE trial is at least as good as the running one can become on every objective, or when the
 * curve cannot reach a constraint's bound. Objectives that are known count exactly, so a trial is never stopped by those
 * it beats on one. Never prunes at the last step, where nothing is saved.
 */
export class ParetoPruner implements Pruner {
  readonly name = 'pareto';
  readonly reads = 'curves';
  readonly #options: Required<ParetoPrunerOptions>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: ParetoPrunerOptions = {}) {
    this.#options = completeOptions(paretoOptions, options);
  }

  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision {
    const violated = this.#options.pruneInfeasible ? violatedConstraint(context, trial) : undefined;
    if (violated !== undefined) return violated;
    if (context.curveObjective < 0 && context.curveDirection === undefined) return keep('nothing has a curve');
    const { maximize, stepName } = curveOf(context);
    const step = stepToCheck(trial.intermediateValues, this.#options, stepName);
    if (typeof step === 'string') return keep(step);
    if (trial.finalStep !== undefined && step >= trial.finalStep) return keep(`${stepName} ${step} is the last one`);
    const outcome = optimisticOutcome(context, trial, history, this.#options);
    if (typeof outcome === 'string') return keep(outcome);

    for (const [index, bound] of (context.curveBounds ?? []).entries()) {
      if (bound === undefined || (maximize ? outcome.value >= bound : outcome.value <= bound)) continue;
      const name = context.constraintNames?.[index] ?? `constraint ${index}`;
      return prune(`${outcome.words}, and ${name} asks for ${formatValue(bound)}`);
    }
    const better = this.#betterTrial(context, trial, history, outcome);
    if (better === undefined) return keep(`${outcome.words}, and no feasible trial is as good as that`);
    const words = better.values!.map(
      (value, objective) => `${context.objectiveNames?.[objective] ?? `objective ${objective}`} ${formatValue(value)}`,
    );
    return prune(`${outcome.words}, and trial ${better.number} is at least as good with ${words.join(', ')}`);
  }

  /** The feasible trial that the optimistic outcome falls shortest of. */
  #betterTrial(
    context: PrunerContext,
    trial: RunningTrial,
    history: readonly FrozenTrial[],
    outcome: OptimisticOutcome,
  ): FrozenTrial | undefined {
    const { directions, curveObjective } = context;
    const isKnown = trial.knownValues.map((value, objective) => value !== undefined && objective !== curveObjective);
    const settled = knownMedians(context, trial, history);
    const known = trial.knownValues.map((value, objective) => (isKnown[objective] ? settled(trial, objective) : value));
    const hoped = this.#hopedLosses(context, { ...trial, knownValues: known }, outcome);
    const hasCurve = curveObjective >= 0;
    let better: FrozenTrial | undefined;
    let least = hasCurve ? hoped[curveObjective] - this.#options.margin : 0;
    for (const other of history) {
      if (other.state !== 'COMPLETE' || other.values === null || other.number === trial.number) continue;
      if (violationOf(other) > 0 || (other.weight ?? 1) < 1) continue;
      const values = other.values.map((value, objective) =>
        isKnown[objective] ? (settled(other, objective) ?? value) : value,
      );
      const losses = toLosses(values, directions);
      const isAsGood = losses.every((loss, objective) => objective === curveObjective || loss <= hoped[objective]);
      // Where the curve only has to suffice, whoever is as good in all else leaves nothing to win.
      const loss = hasCurve ? losses[curveObjective] : 0;
      if (!isAsGood || !(loss <= least)) continue;
      if (better !== undefined && loss === least) continue; // of equals the first
      better = other;
      least = loss;
    }
    return better;
  }

  /** The best that is still possible on each objective, as losses. */
  #hopedLosses(
    { directions, curveObjective }: PrunerContext,
    trial: RunningTrial,
    { value, evidence }: OptimisticOutcome,
  ): number[] {
    return directions.map((direction, objective) => {
      const toLoss = (value: number) => (direction === 'maximize' ? -value : value);
      if (objective === curveObjective) return toLoss(value);
      const known = trial.knownValues[objective];
      if (known !== undefined) return toLoss(known);
      const possible = trial.possibleValues?.[objective];
      const bound = possible === undefined ? Number.NEGATIVE_INFINITY : toLoss(possible);
      if (this.#options.unknownObjectives === 'unbounded') return bound;
      const best = evidence.reduce(
        (least, { values }) => Math.min(least, values === null ? least : toLoss(values[objective])),
        Number.POSITIVE_INFINITY,
      );
      return Math.max(bound, best);
    });
  }
}
