import { type Direction, type FrozenTrial, violationOf } from '../frozen-trial.js';
import type { PrunerContext, RunningTrial } from './pruner.js';

/**
 * The finished trials whose curves say something about this one: COMPLETE and comparable.
 *
 * With one objective and no constraint these are all COMPLETE trials, as in Optuna.
 */
export function comparableTrials(
  context: PrunerContext,
  trial: RunningTrial,
  history: readonly FrozenTrial[],
): FrozenTrial[] {
  return history.filter((other) => other.state === 'COMPLETE' && isComparable(context, trial, other));
}

/**
 * Whether a trial may be judged by another one: that has begun, is feasible as far as is known, is of this study (weight 1: the data
 * of an earlier one were others), and is at least as good on every objective that is already known of the judged.
 *
 * A trial that is better somewhere is thereby never judged by those it beats: a faster, less accurate model is compared
 * with models at least as fast. An objective that is not known yet protects nobody.
 */
export function isComparable(context: PrunerContext, trial: RunningTrial, other: FrozenTrial): boolean {
  if (other.number === trial.number || other.state === 'WAITING') return false;
  if (violationOf(other) > 0 || (other.weight ?? 1) < 1) return false;
  return context.directions.every((direction, objective) => {
    const known = objective === context.curveObjective ? undefined : trial.knownValues[objective];
    if (known === undefined) return true;
    return isAtLeastAsGood(other.values?.[objective] ?? other.knownValues?.[objective], known, direction);
  });
}

function isAtLeastAsGood(value: number | undefined, than: number, direction: Direction): boolean {
  if (value === undefined) return false;
  return direction === 'maximize' ? value >= than : value <= than;
}
