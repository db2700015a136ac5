import type { Rng } from '#primitives';
import { paretoFront } from '#ranking';
import { referencePoint } from '../tpe/reference-point.js';
import { nonDominatedBoxes } from './box-decomposition.js';
import { ExpectedHypervolumeImprovement } from './expected-hypervolume-improvement.js';
import { type ConstraintModel, FeasibleImprovement } from './feasible-improvement.js';
import type { FittedProcess, ModelMemory } from './model-memory.js';
import type { NormalizedSpace } from './normalized-space.js';
import type { Result, StudyData } from './study-data.js';

/** What a study's results say about where to look next. */
export interface StudyModel {
  readonly acquisition: FeasibleImprovement;
  /** The rows of the front, in a random order. */
  readonly incumbents: readonly Float64Array[];
  /** One per dimension: means over the objectives. */
  readonly lengthscales: Float64Array;
}

/**
 * Fits a process per objective and constraint and takes running and pruned trials in.
 *
 * @param data At least one result.
 * @returns Null if nothing feasible is known, nor anything that could lead there.
 */
export function modelStudy(
  memory: ModelMemory,
  data: StudyData,
  { isCategorical }: NormalizedSpace,
  rng: Rng,
): StudyModel | null {
  const { results } = data;
  const rows = results.map(({ row }) => row);
  const weights = Float64Array.from(results, ({ weight }) => weight);
  const targets = results[0].losses.map((_, objective) => ({
    rows,
    outputs: Float64Array.from(results, ({ losses }) => losses[objective]),
    weights,
    isCategorical,
  }));
  // A constraint that never changed says nothing about where it is met.
  const varying = data.constraints.filter(({ outputs }) => outputs.some((output) => output !== outputs[0]));
  const fitted = memory.fit([...targets, ...varying]);
  const objectives = fitted.slice(0, targets.length);
  const constraints = fitted
    .slice(targets.length)
    .map(({ process, mean, deviation }) => ({ process, limit: -mean / deviation }));
  const losses = results.map((result) =>
    result.losses.map((loss, objective) => (loss - objectives[objective].mean) / objectives[objective].deviation),
  );
  const believed = believe(objectives, constraints, data);
  const counting = countingResults(results);
  const countingLosses = counting.map((index) => losses[index]);
  const improvement = counting.length === 0 ? null : improvementOver(countingLosses, believed);
  if (improvement === null && constraints.length === 0) return null;
  return {
    acquisition: new FeasibleImprovement({
      objectives: objectives.map(({ process }) => process),
      improvement,
      constraints,
    }),
    incumbents: incumbentRows(results, losses, counting, rng),
    lengthscales: meanLengthscales(objectives),
  };
}

/**
 * Takes running trials into the processes as if they had ended as expected, and pruned ones as if they had ended so or at
 * the average, whichever is worse.
 *
 * @returns Standardized losses of the running trials that are expected to be feasible.
 */
function believe(
  objectives: readonly FittedProcess[],
  constraints: readonly ConstraintModel[],
  { running, pruned }: StudyData,
): number[][] {
  for (const { process } of objectives) {
    for (const row of pruned) process.append(row, Math.max(0, process.posterior(row).mean));
  }
  const believed: number[][] = [];
  for (const row of running) {
    const losses = objectives.map(({ process }) => {
      const { mean } = process.posterior(row);
      process.append(row, mean);
      return mean;
    });
    if (constraints.every(({ process, limit }) => process.posterior(row).mean <= limit)) believed.push(losses);
  }
  return believed;
}

/** Indexes of the feasible results that are to be improved on: the study's own, or all while it has none. */
function countingResults(results: readonly Result[]): number[] {
  const feasible = [...results.keys()].filter((index) => results[index].violation === 0);
  const own = feasible.filter((index) => results[index].weight === 1);
  return own.length > 0 ? own : feasible;
}

function improvementOver(
  losses: readonly (readonly number[])[],
  believed: readonly (readonly number[])[],
): ExpectedHypervolumeImprovement {
  const reference = losses[0].length === 1 ? [Number.POSITIVE_INFINITY] : referencePoint(losses);
  const all = [...losses, ...believed];
  const front = paretoFront(all).map((index) => all[index]);
  return new ExpectedHypervolumeImprovement(nonDominatedBoxes(front, reference));
}

/** The rows of the front in a random order; of a study without anything feasible, the one that exceeds least. */
function incumbentRows(
  results: readonly Result[],
  losses: readonly (readonly number[])[],
  counting: readonly number[],
  rng: Rng,
): Float64Array[] {
  if (counting.length === 0) {
    return [results.reduce((least, result) => (result.violation < least.violation ? result : least)).row];
  }
  const front = paretoFront(counting.map((index) => losses[index]));
  return [...rng.permutation(front.length)].map((position) => results[counting[front[position]]].row);
}

function meanLengthscales(objectives: readonly FittedProcess[]): Float64Array {
  const first = objectives[0].process.parameters.inverseSquaredLengthscales;
  return first.map((_, dimension) => {
    const sum = objectives.reduce(
      (total, { process }) => total + process.parameters.inverseSquaredLengthscales[dimension] ** -0.5,
      0,
    );
    return sum / objectives.length;
  });
}
