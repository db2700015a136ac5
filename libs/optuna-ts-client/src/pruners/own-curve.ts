import { lastStep } from '../frozen-trial.js';
import type { PrunerContext } from './pruner.js';

/** The best of the values that are numbers; NaN if there is none. */
export function bestOf(values: Iterable<number>, maximize: boolean): number {
  let best = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(best) || (maximize ? value > best : value < best)) best = value;
  }
  return best;
}

/** When a curve is looked at. */
export interface CheckInterval {
  /** Never before this step. */
  readonly warmupSteps: number;
  /** Steps between two checks, from the warm-up on. */
  readonly intervalSteps: number;
}

/**
 * The step to check at: the last one reported, if it is the first report since the last multiple of the interval.
 *
 * @returns The reason in words why there is nothing to check now, otherwise.
 * @see optuna/pruners/_percentile.py _is_first_in_interval_step, 5.0.0
 */
export function stepToCheck(
  reported: ReadonlyMap<number, number>,
  { warmupSteps, intervalSteps }: CheckInterval,
  stepName: string,
): number | string {
  const step = lastStep(reported);
  if (step === undefined) return 'nothing is reported yet';
  if (step < warmupSteps) return `${stepName} ${step} is before the warm-up of ${warmupSteps}`;
  const checkpoint = Math.floor((step - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps;
  let previous = -1;
  for (const other of reported.keys()) if (other !== step && other > previous) previous = other;
  return previous < checkpoint ? step : `${stepName} ${step} lies between two checks`;
}

/** What the curve of a study is called, and which way it is better. */
export function curveOf(context: PrunerContext): { maximize: boolean; name: string; stepName: string } {
  const { directions, curveObjective, objectiveNames, stepName = 'step' } = context;
  return {
    maximize: (directions[curveObjective] ?? context.curveDirection) === 'maximize',
    name: objectiveNames?.[curveObjective] ?? context.curveName ?? 'the value',
    stepName,
  };
}
