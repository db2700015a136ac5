import type { Rng } from '#primitives';
import type { FeasibleImprovement } from './feasible-improvement.js';
import { climb, type ScoredRow } from './local-search.js';
import { lowDiscrepancyPoints } from './low-discrepancy.js';
import type { NormalizedSpace } from './normalized-space.js';

/** What `maximizeAcquisition` searches. */
export interface AcquisitionProblem {
  readonly acquisition: FeasibleImprovement;
  readonly space: NormalizedSpace;
  /** The dimensions to decide; the others stay as they are in `fixed`. */
  readonly dimensions: readonly number[];
  readonly fixed: Float64Array;
  /** Rows that are good already, best first. */
  readonly incumbents: readonly Float64Array[];
  readonly lengthscales: Float64Array;
  readonly candidates: number;
  readonly localSearches: number;
  readonly rng: Rng;
}

/** Part of the candidates that lie around the incumbents. */
const NEAR_SHARE = 0.25;

/**
 * Rows with a high acquisition value, best first: the ends of climbs from the best candidates and incumbents, then all
 * candidates.
 */
export function maximizeAcquisition(problem: AcquisitionProblem): ScoredRow[] {
  const { acquisition, space, dimensions, lengthscales, incumbents, localSearches, rng } = problem;
  const scored = candidateRows(problem).map((row) => ({ row, score: acquisition.value(row) }));
  scored.sort((a, b) => b.score - a.score || 0);
  // The best candidate, then a draw without repeats by what they promise (exponential keys, Efraimidis & Spirakis 2006).
  const drawn = scored
    .slice(1)
    .map(({ row, score }) => ({ row, key: score - Math.log(-Math.log(1 - rng.float())) }))
    .filter(({ key }) => key > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.key - a.key);
  const fromIncumbents = incumbents.slice(0, Math.floor(localSearches / 2)).map((row) => withFixed(problem, row));
  const starts = [scored[0].row, ...fromIncumbents, ...drawn.map(({ row }) => row)].slice(0, localSearches);
  const climbed = starts.map((start) => climb(acquisition, space, dimensions, lengthscales, start));
  return [...climbed, ...scored].sort((a, b) => b.score - a.score || 0);
}

function candidateRows(problem: AcquisitionProblem): Float64Array[] {
  const { space, dimensions, fixed, incumbents, candidates, rng } = problem;
  const near = incumbents.length === 0 ? 0 : Math.floor(NEAR_SHARE * candidates);
  const spread = lowDiscrepancyPoints(candidates - near, dimensions.length, rng).map((point) => {
    const row = fixed.slice();
    for (const [i, dimension] of dimensions.entries()) row[dimension] = space.place(dimension, point[i]);
    return row;
  });
  const around = Array.from({ length: near }, (_, i) => {
    const row = withFixed(problem, incumbents[i % incumbents.length]);
    const width = 10 ** (-0.5 - 2 * rng.float());
    const certain = dimensions[rng.integer(0, dimensions.length)];
    for (const dimension of dimensions) {
      if (dimension !== certain && rng.float() >= 2 / dimensions.length) continue;
      const moved = row[dimension] + width * rng.normal();
      row[dimension] = space.isCategorical[dimension]
        ? space.place(dimension, rng.float())
        : space.place(dimension, inUnit(moved));
    }
    return row;
  });
  return [...spread, ...around];
}

/** The row with its fixed dimensions as they must be and the others inside the space: its ranges may have changed. */
function withFixed({ space, dimensions, fixed }: AcquisitionProblem, row: Float64Array): Float64Array {
  const placed = fixed.slice();
  for (const dimension of dimensions) {
    placed[dimension] = space.isCategorical[dimension]
      ? row[dimension]
      : space.place(dimension, inUnit(row[dimension]));
  }
  return placed;
}

function inUnit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
