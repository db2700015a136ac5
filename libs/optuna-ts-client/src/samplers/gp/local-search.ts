import type { FeasibleImprovement } from './feasible-improvement.js';
import { minimizeBounded } from './minimize-bounded.js';
import type { NormalizedSpace } from './normalized-space.js';

/** A row and what the acquisition function says of it. */
export interface ScoredRow {
  readonly row: Float64Array;
  readonly score: number;
}

/** Rounds of continuous and discrete steps; a round that gains less than `SMALLEST_GAIN` is the last. */
const MOST_ROUNDS = 6;
const SMALLEST_GAIN = 1e-3;
/** Up to so many values of a discrete parameter are all tried; of more, those at doubling distances. */
const EXHAUSTIVE_VALUES = 64;

/**
 * Climbs from a row: along the continuous parameters by gradient, along the discrete ones by trying their values, until
 * neither gains.
 *
 * @param dimensions Those that may change. @param lengthscales One per dimension of the space; steps are in their units.
 * @see optuna/_gp/optim_mixed.py, 5.0.0
 */
export function climb(
  acquisition: FeasibleImprovement,
  space: NormalizedSpace,
  dimensions: readonly number[],
  lengthscales: Float64Array,
  start: Float64Array,
): ScoredRow {
  const continuous = dimensions.filter((dimension) => space.cardinalities[dimension] === Number.POSITIVE_INFINITY);
  const discrete = dimensions.filter((dimension) => space.cardinalities[dimension] !== Number.POSITIVE_INFINITY);
  let best: ScoredRow = { row: start, score: acquisition.value(start) };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = best.score;
    if (continuous.length > 0) best = climbContinuous(acquisition, continuous, lengthscales, best);
    for (const dimension of discrete) best = climbDiscrete(acquisition, space, dimension, best);
    if (discrete.length === 0 || !(best.score - before > SMALLEST_GAIN)) break;
  }
  return best;
}

function climbContinuous(
  acquisition: FeasibleImprovement,
  dimensions: readonly number[],
  lengthscales: Float64Array,
  from: ScoredRow,
): ScoredRow {
  const scales = Float64Array.from(dimensions, (dimension) => Math.min(lengthscales[dimension], 1));
  const row = from.row.slice();
  const { x, value } = minimizeBounded({
    evaluate: (at, gradient) => {
      for (const [i, dimension] of dimensions.entries()) row[dimension] = at[i] * scales[i];
      const score = acquisition.valueWithGradient(row, dimensions, gradient);
      for (let i = 0; i < gradient.length; i++) gradient[i] *= -scales[i];
      return -score;
    },
    start: scales.map((scale, i) => from.row[dimensions[i]] / scale),
    lower: new Float64Array(dimensions.length),
    upper: scales.map((scale) => 1 / scale),
    maxIterations: 40,
    gradientTolerance: 1e-2,
    valueTolerance: 1e-5,
  });
  if (!(-value > from.score)) return from;
  for (const [i, dimension] of dimensions.entries()) row[dimension] = Math.min(1, Math.max(0, x[i] * scales[i]));
  return { row, score: -value };
}

function climbDiscrete(
  acquisition: FeasibleImprovement,
  space: NormalizedSpace,
  dimension: number,
  from: ScoredRow,
): ScoredRow {
  const values = space.cardinalities[dimension];
  let best = from;
  const attempt = (k: number) => {
    const row = from.row.slice();
    row[dimension] = space.gridPoint(dimension, k);
    const score = acquisition.value(row);
    if (score > best.score) best = { row, score };
  };
  if (space.isCategorical[dimension] || values <= EXHAUSTIVE_VALUES) {
    for (let k = 0; k < values; k++) if (space.gridPoint(dimension, k) !== from.row[dimension]) attempt(k);
    return best;
  }
  const here = space.gridIndex(dimension, from.row[dimension]);
  for (let distance = 1; distance < values; distance *= 2) {
    if (here - distance >= 0) attempt(here - distance);
    if (here + distance < values) attempt(here + distance);
  }
  return best === from ? best : climbDiscrete(acquisition, space, dimension, best);
}
