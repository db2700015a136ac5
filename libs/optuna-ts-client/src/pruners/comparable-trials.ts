import { type Direction, type FrozenTrial, violationOf } from '../frozen-trial.js';
import type { PrunerContext, RunningTrial } from './pruner.js';

/**
 * The finished trials whose curves say something about this one: COMPLETE, feasible, and at least as good as it on
 * every objective that is already known.
 *
 * A trial that is better somewhere is thereby never judged by those it beats: a faster, less accurate model is compared
 * with models at least as fast. With one objective and no constraint these are all COMPLETE trials, as in Optuna. An
 * objective that is not known yet protects nobody.
 */
export function comparableTrials(
  context: PrunerContext,
  trial: RunningTrial,
  history: readonly FrozenTrial[],
): FrozenTrial[] {
  return history.filter((other) => {
    if (other.state !== 'COMPLETE' || other.number === trial.number || violationOf(other) > 0) return false;
    return context.directions.every((direction, objective) => {
      const known = objective === context.curveObjective ? undefined : trial.knownValues[objective];
      return known === undefined || isAtLeastAsGood(other.values?.[objective], known, direction);
    });
  });
}

function isAtLeastAsGood(value: number | undefined, than: number, direction: Direction): boolean {
  if (value === undefined) return false;
  return direction === 'maximize' ? value >= than : value <= than;
}
