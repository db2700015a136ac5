/**
 * @file Lets another pruner speak only once a trial has stopped improving. Mirrors optuna/pruners/_patient.py 5.0.0.
 * Differs: a known constraint that is violated prunes whatever the patience, where the wrapped pruner heeds it or there is
 * none.
 */

import type { FrozenTrial } from '../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../option-schema.js';
import { formatValue, violatedConstraint } from './known-constraints.js';
import { bestOf, curveOf } from './own-curve.js';
import {
  keep,
  type PruneDecision,
  type Pruner,
  type PrunerContext,
  type PrunerReads,
  prune,
  type RunningTrial,
} from './pruner.js';

/** Options of `PatientPruner`; ranges and defaults stand in `patientOptions`. */
export interface PatientPrunerOptions {
  readonly patience?: number;
  readonly minDelta?: number;
}

export const patientOptions = {
  patience: {
    type: 'integer',
    default: 3,
    minimum: 0,
    description: 'Reports, the last one left out, that may pass without an improvement on those before them.',
  },
  minDelta: {
    type: 'number',
    default: 0,
    minimum: 0,
    description: 'How much worse than before, in the unit of the curve, still counts as no worse.',
  },
} as const satisfies OptionSchemas;

/**
 * Asks the wrapped pruner, or prunes where there is none, when the best of the last `patience + 1` values is worse than
 * the best before them by more than `minDelta`. NaN is left out of both.
 */
export class PatientPruner implements Pruner {
  readonly name = 'patient';
  readonly reads: PrunerReads;
  readonly #options: Required<PatientPrunerOptions>;
  readonly #wrapped: Pruner | null;

  /** @param wrapped Null: patience alone decides. @throws {RangeError} if an option is outside its range. */
  constructor(wrapped: Pruner | null, options: PatientPrunerOptions = {}) {
    this.#wrapped = wrapped;
    this.#options = completeOptions(patientOptions, options);
    this.reads = wrapped?.reads ?? 'nothing';
  }

  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision {
    const violated = this.#violated(context, trial, history);
    if (violated !== undefined) return violated;
    const { patience, minDelta } = this.#options;
    const { maximize, name, stepName } = curveOf(context);
    const curve = [...trial.intermediateValues].sort(([a], [b]) => a - b);
    if (curve.length <= patience + 1) return keep(`${curve.length} reports, more than ${patience + 1} are needed`);
    const values = curve.map(([, value]) => value);
    const before = bestOf(values.slice(0, -patience - 1), maximize);
    const after = bestOf(values.slice(-patience - 1), maximize);
    const hasStalled = maximize ? before - minDelta > after : before + minDelta < after;
    const since = `since ${stepName} ${curve[curve.length - patience - 1][0]}`;
    if (!hasStalled)
      return keep(`${name} ${formatValue(after)} ${since} is no worse than ${formatValue(before)} before`);
    const stalled = `${name} ${formatValue(after)} ${since} is worse than ${formatValue(before)} before`;
    if (this.#wrapped === null) return prune(stalled);
    const decision = this.#wrapped.decide(context, trial, history);
    return { prune: decision.prune, reason: `${stalled}; ${decision.reason}` };
  }

  /** A violated constraint needs no patience; whether it counts is the wrapped pruner's to say. */
  #violated(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision | undefined {
    const violated = violatedConstraint(context, trial);
    if (violated === undefined || this.#wrapped === null) return violated;
    const decision = this.#wrapped.decide(context, trial, history);
    return decision.prune && decision.reason === violated.reason ? decision : undefined;
  }
}
