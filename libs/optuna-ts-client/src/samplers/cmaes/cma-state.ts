/** @file One normal distribution of CMA-ES and how a generation moves it: Hansen 2016, arXiv:1604.00772. */
import type { Rng } from '#primitives';
import type { StrategyParameters } from './strategy-parameters.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** The search distribution N(mean, sigma² C) and the paths it has come. Never changes. */
export interface CmaState {
  readonly mean: Float64Array;
  readonly sigma: number;
  /** d × d, row-major, symmetric, positive definite. */
  readonly covariance: Float64Array;
  readonly pathSigma: Float64Array;
  readonly pathC: Float64Array;
  /** Generations so far. */
  readonly generation: number;
  /** Square roots of the eigenvalues of C, and its eigenvectors as columns. */
  readonly scales: Float64Array;
  readonly axes: Float64Array;
}

/** Largest step size, so that a flat objective does not end in infinities. */
const SIGMA_MAX = 1e16;
const EPSILON = 1e-8;

export function initialCmaState(mean: Float64Array, sigma: number): CmaState {
  const { length } = mean;
  const identity = new Float64Array(length * length);
  for (let i = 0; i < length; i++) identity[i * length + i] = 1;
  return withCovariance(
    { mean, sigma, pathSigma: new Float64Array(length), pathC: new Float64Array(length), generation: 0 },
    identity,
  );
}

/**
 * The distribution after one generation.
 *
 * @param points λ points, best first. Points that are not of this distribution should be passed through
 *   `withinReach` first.
 */
export function updateCmaState(
  state: CmaState,
  points: readonly Float64Array[],
  parameters: StrategyParameters,
): CmaState {
  const { dimension, weights, muEff, cSigma, dSigma, cC, c1, cMu, chi } = parameters;
  const steps = points.map((point) => point.map((x, i) => (x - state.mean[i]) / state.sigma));
  const mu = Math.floor(weights.length / 2);
  const step = new Float64Array(dimension);
  for (let k = 0; k < mu; k++) for (let i = 0; i < dimension; i++) step[i] += weights[k] * steps[k][i];

  const whitened = whiten(state, step);
  const pathSigma = state.pathSigma.map(
    (x, i) => (1 - cSigma) * x + Math.sqrt(cSigma * (2 - cSigma) * muEff) * whitened[i],
  );
  const length = lengthOf(pathSigma);
  const generation = state.generation + 1;
  // While the path is long C's own path stands still, or C would grow along with the step size.
  const expected = Math.sqrt(1 - (1 - cSigma) ** (2 * (generation + 1)));
  const moves = length / expected < (1.4 + 2 / (dimension + 1)) * chi ? 1 : 0;
  const pathC = state.pathC.map((x, i) => (1 - cC) * x + moves * Math.sqrt(cC * (2 - cC) * muEff) * step[i]);

  // Negative weights are scaled so that C stays positive definite.
  const factors = weights.map((weight, k) =>
    weight >= 0 ? weight : (weight * dimension) / (lengthOf(whiten(state, steps[k])) ** 2 + EPSILON),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const kept = 1 + c1 * (1 - moves) * cC * (2 - cC) - c1 - cMu * sum;
  const covariance = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j <= i; j++) {
      let rankMu = 0;
      for (const [k, y] of steps.entries()) rankMu += factors[k] * y[i] * y[j];
      const entry = kept * state.covariance[i * dimension + j] + c1 * pathC[i] * pathC[j] + cMu * rankMu;
      covariance[i * dimension + j] = entry;
      covariance[j * dimension + i] = entry;
    }
  }
  return withCovariance(
    {
      mean: state.mean.map((x, i) => x + state.sigma * step[i]),
      sigma: Math.min(SIGMA_MAX, state.sigma * Math.exp((cSigma / dSigma) * (length / chi - 1))),
      pathSigma,
      pathC,
      generation,
    },
    covariance,
  );
}

/** A point drawn from the distribution. */
export function drawPoint({ mean, sigma, scales, axes }: CmaState, rng: Rng): Float64Array {
  const { length } = mean;
  const z = scales.map((scale) => scale * rng.normal());
  return mean.map((x, i) => {
    let y = 0;
    for (let k = 0; k < length; k++) y += axes[i * length + k] * z[k];
    return x + sigma * y;
  });
}

/**
 * A point that was not drawn from this distribution, moved towards the mean until it could have been: its Mahalanobis
 * distance is at most √d + 2d / (d + 2).
 *
 * @see Hansen 2011, hal-inria-00628254 (injecting external solutions)
 */
export function withinReach(state: CmaState, point: Float64Array): Float64Array {
  const { length } = point;
  const distance = lengthOf(
    whiten(
      state,
      point.map((x, i) => (x - state.mean[i]) / state.sigma),
    ),
  );
  const reach = Math.sqrt(length) + (2 * length) / (length + 2);
  return distance <= reach ? point : point.map((x, i) => state.mean[i] + ((x - state.mean[i]) * reach) / distance);
}

/**
 * The state with every coordinate's standard deviation at least `floors`: where it had become too narrow to reach the
 * next value of a grid, the search would stand still.
 *
 * @see pycma's `minstd`
 */
export function withMinimalDeviations(state: CmaState, floors: Float64Array): CmaState {
  const { length } = state.mean;
  const missing = floors.map((floor, i) => Math.max(0, (floor / state.sigma) ** 2 - state.covariance[i * length + i]));
  if (missing.every((variance) => variance === 0)) return state;
  const covariance = Float64Array.from(state.covariance);
  for (let i = 0; i < length; i++) covariance[i * length + i] += missing[i];
  return withCovariance(state, covariance);
}

function withCovariance(state: Omit<CmaState, 'covariance' | 'scales' | 'axes'>, covariance: Float64Array): CmaState {
  const { values, vectors } = symmetricEigen(covariance, state.mean.length);
  return { ...state, covariance, scales: values.map((value) => Math.sqrt(Math.max(value, 1e-20))), axes: vectors };
}

/** C^(-½) y. */
function whiten({ scales, axes }: CmaState, y: Float64Array): Float64Array {
  const { length } = y;
  const rotated = scales.map((scale, k) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += axes[i * length + k] * y[i];
    return sum / scale;
  });
  return y.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += axes[i * length + k] * rotated[k];
    return sum;
  });
}

function lengthOf(vector: Float64Array): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}
