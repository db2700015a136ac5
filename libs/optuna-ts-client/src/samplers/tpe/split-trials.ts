import { nonDominatedSort, selectByHypervolume } from '#ranking';
import { type FrozenTrial, lastStep, toLosses, violationOf } from '../../frozen-trial.js';
import type { SamplerContext } from '../sampler.js';
import { referencePoint } from './reference-point.js';

/** A trial as the model sees it. */
export interface Observation {
  readonly trial: FrozenTrial;
  /** Finite losses of a feasible COMPLETE trial, else null. */
  readonly losses: readonly number[] | null;
}

/** The good trials and all others, each by rising number. */
export interface Split {
  readonly below: readonly Observation[];
  readonly above: readonly Observation[];
}

/** How many of n finished trials are good: a tenth, 25 at the most. */
export function goodCount(n: number): number {
  return Math.min(Math.ceil(0.1 * n), 25);
}

/**
 * Splits trials into the `count` best and the rest.
 *
 * Best first: feasible COMPLETE trials by value (several objectives: by front, the front that does not fit whole by
 * hypervolume subset selection), then PRUNED ones (later step first, then the better last value), then infeasible ones
 * by violation. RUNNING trials always belong to the rest. A trial without constraint values counts as feasible.
 *
 * @param trials COMPLETE (with values), PRUNED and RUNNING trials.
 * @see optuna/samplers/_tpe/sampler.py _split_trials, 5.0.0
 */
export function splitTrials(context: SamplerContext, trials: readonly FrozenTrial[], count: number): Split {
  const running: Observation[] = [];
  const complete: { trial: FrozenTrial; losses: number[] }[] = [];
  const pruned: FrozenTrial[] = [];
  const infeasible: FrozenTrial[] = [];
  for (const trial of trials) {
    if (trial.state === 'RUNNING') running.push({ trial, losses: null });
    else if (violationOf(trial) > 0) infeasible.push(trial);
    else if (trial.state === 'PRUNED') pruned.push(trial);
    else complete.push({ trial, losses: toLosses(trial.values!, context.directions) });
  }
  clampInfinities(complete.map(({ losses }) => losses));
  const ordered: Observation[] = [
    ...(context.directions.length === 1 ? byValue(complete) : byFront(complete, count)),
    ...byProgress(context, pruned).map((trial) => ({ trial, losses: null })),
    ...infeasible.toSorted((a, b) => violationOf(a) - violationOf(b) || 0).map((trial) => ({ trial, losses: null })),
  ];
  const byNumber = (a: Observation, b: Observation) => a.trial.number - b.trial.number;
  return {
    below: ordered.slice(0, count).sort(byNumber),
    above: [...ordered.slice(count), ...running].sort(byNumber),
  };
}

function byValue<Row extends { losses: number[] }>(complete: readonly Row[]): Row[] {
  return complete.toSorted((a, b) => a.losses[0] - b.losses[0]);
}

/** Whole fronts first; of the front that is cut, those that hold most of its hypervolume. */
function byFront<Row extends { losses: number[] }>(complete: readonly Row[], count: number): Row[] {
  const losses = complete.map((row) => row.losses);
  const ranks = nonDominatedSort(losses);
  const order = [...complete.keys()].sort((a, b) => ranks[a] - ranks[b] || a - b);
  if (count === 0 || count >= order.length || ranks[order[count - 1]] !== ranks[order[count]]) {
    return order.map((index) => complete[index]);
  }
  const cutRank = ranks[order[count]];
  const whole = order.filter((index) => ranks[index] < cutRank);
  const cut = order.filter((index) => ranks[index] === cutRank);
  const cutLosses = cut.map((index) => losses[index]);
  const kept = selectByHypervolume(cutLosses, count - whole.length, referencePoint(cutLosses)).map((row) => cut[row]);
  const keptSet = new Set([...whole, ...kept]);
  return [...whole, ...kept, ...order.filter((index) => !keptSet.has(index))].map((index) => complete[index]);
}

/** PRUNED trials: who came further first, then by the last value; NaN last, without any report at the very end. */
function byProgress(context: SamplerContext, pruned: readonly FrozenTrial[]): FrozenTrial[] {
  const sign = context.directions[context.curveObjective] === 'maximize' ? -1 : 1;
  const keyed = pruned.map((trial) => {
    const step = lastStep(trial.intermediateValues);
    if (step === undefined) return { trial, step: Number.NEGATIVE_INFINITY, loss: 0 };
    const value = trial.intermediateValues.get(step)!;
    return { trial, step, loss: Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value };
  });
  return keyed.sort((a, b) => compare(b.step, a.step) || compare(a.loss, b.loss)).map(({ trial }) => trial);
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Puts infinite losses one range outside the finite ones: order is kept, and volumes stay finite. */
function clampInfinities(rows: readonly number[][]): void {
  for (let objective = 0; objective < (rows[0]?.length ?? 0); objective++) {
    const finite = rows.map((row) => row[objective]).filter(Number.isFinite);
    const low = finite.reduce((a, b) => Math.min(a, b), finite[0] ?? 0);
    const high = finite.reduce((a, b) => Math.max(a, b), finite[0] ?? 0);
    const range = high - low || 1;
    for (const row of rows) row[objective] = Math.min(high + range, Math.max(low - range, row[objective]));
  }
}
