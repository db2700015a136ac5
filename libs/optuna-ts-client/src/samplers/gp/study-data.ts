import { nonDominatedSort } from '#ranking';
import { type FrozenTrial, toLosses, violationOf } from '../../frozen-trial.js';
import { isCompatible } from '../../search-space.js';
import type { SamplerContext, TrialHistory } from '../sampler.js';
import type { Observations } from './fit-parameters.js';
import type { NormalizedSpace } from './normalized-space.js';

/** A history as the models need it. */
export interface StudyData {
  /** COMPLETE trials: row, losses (infinite ones clipped to the finite range), violation, and weight. */
  readonly results: readonly Result[];
  /** Per constraint: what is known of it, from COMPLETE and PRUNED trials. */
  readonly constraints: readonly Observations[];
  readonly running: readonly Float64Array[];
  readonly pruned: readonly Float64Array[];
}

/** A COMPLETE trial. */
export interface Result {
  readonly row: Float64Array;
  readonly losses: readonly number[];
  readonly violation: number;
  readonly weight: number;
}

/** Trials whose results are modelled at most; of more, `keptTrials` chooses. */
const MOST_TRIALS = 1000;
/** By how much the number of trials grows before the choice among them is made anew. */
const BLOCK = 250;

/** Reads the trials that have every parameter of the space; FAIL and WAITING ones say nothing. */
export function collectStudyData(context: SamplerContext, history: TrialHistory, space: NormalizedSpace): StudyData {
  const fitting = history.filter((trial) => hasParameters(trial, space));
  const complete = keptTrials(
    fitting.filter(({ state, values }) => state === 'COMPLETE' && values !== null),
    context,
  );
  const losses = clippedLosses(complete, context);
  const known = fitting
    .filter(({ state, constraints }) => (state === 'COMPLETE' || state === 'PRUNED') && constraints !== null)
    .slice(-MOST_TRIALS);
  const rowsOf = (state: string) =>
    fitting.filter((trial) => trial.state === state).map(({ internalParams }) => space.encode(internalParams));
  return {
    results: complete.map((trial, index) => ({
      row: space.encode(trial.internalParams),
      losses: losses[index],
      violation: violationOf(trial),
      weight: trial.weight ?? 1,
    })),
    constraints: Array.from(
      { length: known.reduce((most, { constraints }) => Math.max(most, constraints!.length), 0) },
      (_, index) => constraintObservations(known, index, space),
    ),
    running: rowsOf('RUNNING'),
    pruned: rowsOf('PRUNED').slice(-BLOCK),
  };
}

function hasParameters({ internalParams, distributions }: FrozenTrial, space: NormalizedSpace): boolean {
  return space.names.every((name, dimension) => {
    const recorded = distributions[name];
    const wanted = space.distributions[dimension];
    return (
      recorded !== undefined &&
      internalParams[name] !== undefined &&
      (recorded === wanted || isCompatible(recorded, wanted))
    );
  });
}

/**
 * All trials, or with too many of them the better half by losses of the first ones and everything since. The choice
 * holds for `BLOCK` trials, so that models can grow instead of starting anew.
 */
function keptTrials(trials: readonly FrozenTrial[], { directions }: SamplerContext): readonly FrozenTrial[] {
  if (trials.length <= MOST_TRIALS) return trials;
  const old = trials.slice(0, Math.floor((trials.length - BLOCK) / BLOCK) * BLOCK);
  const ranks = nonDominatedSort(
    old.map(({ values }) => toLosses(values!, directions)),
    old.map(violationOf),
  );
  const order = [...old.keys()].sort((a, b) => ranks[a] - ranks[b] || b - a);
  const kept = new Set(order.slice(0, MOST_TRIALS - 2 * BLOCK));
  return trials.filter((_, index) => index >= old.length || kept.has(index));
}

function clippedLosses(trials: readonly FrozenTrial[], { directions }: SamplerContext): number[][] {
  const losses = trials.map(({ values }) => toLosses(values!, directions));
  for (let objective = 0; objective < directions.length; objective++) {
    const clipped = clipInfinities(losses.map((row) => row[objective]));
    for (const [index, row] of losses.entries()) row[objective] = clipped[index];
  }
  return losses;
}

function constraintObservations(known: readonly FrozenTrial[], index: number, space: NormalizedSpace): Observations {
  const trials = known.filter(({ constraints }) => !Number.isNaN(constraints![index] ?? Number.NaN));
  return {
    rows: trials.map(({ internalParams }) => space.encode(internalParams)),
    outputs: Float64Array.from(clipInfinities(trials.map(({ constraints }) => constraints![index]))),
    weights: Float64Array.from(trials, ({ weight = 1 }) => weight),
    isCategorical: space.isCategorical,
  };
}

/** Infinite numbers become the nearest finite one that occurs; 0 if none does. */
function clipInfinities(values: readonly number[]): number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return values.map((value) => (low > high ? 0 : Math.min(high, Math.max(low, value))));
}
