import { type FrozenTrial, lastStep } from '../frozen-trial.js';

/** Where the rungs are: rung k is reached at the first report at or after `firstStep · factor^k`. */
export interface Rungs {
  readonly firstStep: number;
  /** >= 2. */
  readonly factor: number;
}

/** The step at which rung `rung` is reached. */
export function rungStep({ firstStep, factor }: Rungs, rung: number): number {
  return firstStep * factor ** rung;
}

/**
 * The values of a curve at the rungs it has reached, rung 0 first: at each the first one that is not NaN.
 *
 * @param curve Step → value. @param upTo Reports after this step are left out. @default all count
 */
export function rungValues(
  curve: ReadonlyMap<number, number>,
  rungs: Rungs,
  upTo: number = Number.POSITIVE_INFINITY,
): number[] {
  const reached: number[] = [];
  const steps = [...curve.keys()]
    .filter((step) => step <= upTo && !Number.isNaN(curve.get(step)))
    .sort((a, b) => a - b);
  for (const step of steps) while (step >= rungStep(rungs, reached.length)) reached.push(curve.get(step)!);
  return reached;
}

/**
 * The value with which a trial stood at a rung; undefined if it did not reach it.
 *
 * A PRUNED trial did not pass the first rung that it reached with its last report.
 */
export function competingValue(
  { state, intermediateValues }: FrozenTrial,
  rungs: Rungs,
  rung: number,
): number | undefined {
  const value = rungValues(intermediateValues, rungs)[rung];
  if (value === undefined || state !== 'PRUNED') return value;
  const passed = rungValues(intermediateValues, rungs, lastStep(intermediateValues)! - 1).length;
  return rung <= passed ? value : undefined;
}
