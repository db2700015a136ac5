/**
 * @file Hyper-parameters by maximum a posteriori. Marginal likelihood, priors, starting point and noise floor as in
 * optuna/_gp/gp.py and prior.py 5.0.0; the optimizer is this project's.
 */
import { CholeskyFactor } from './cholesky-factor.js';
import { dot } from './dot.js';
import { type GpParameters, observationNoise } from './gaussian-process.js';
import { matern52, matern52Slope, squaredDifference } from './matern-kernel.js';
import { minimizeBounded } from './minimize-bounded.js';

/** n observations of one output. */
export interface Observations {
  /** n rows of d numbers. */
  readonly rows: readonly Float64Array[];
  /** n numbers, mean 0 and variance about 1. */
  readonly outputs: Float64Array;
  /** n weights in (0, 1]. */
  readonly weights: Float64Array;
  /** One per dimension. */
  readonly isCategorical: readonly boolean[];
}

/** Smallest variance of the noise. */
export const MINIMUM_NOISE = 1e-6;

/** Bounds of the logarithms that are searched; far outside what the priors allow, inside what doubles can hold. */
const LOG_LIMIT = 25;

/** The parameters of a model that has seen nothing: where the first fit starts. */
export function initialParameters(dimensions: number): GpParameters {
  return { inverseSquaredLengthscales: new Float64Array(dimensions).fill(1), kernelScale: 1, noise: 1 };
}

/** The parameters with the highest posterior density near `start`. */
export function fitParameters(
  observations: Observations,
  start: GpParameters,
): { parameters: GpParameters; loss: number } {
  const dimensions = observations.isCategorical.length;
  const raw = new Float64Array(dimensions + 2);
  for (let j = 0; j < dimensions; j++) raw[j] = Math.log(start.inverseSquaredLengthscales[j]);
  raw[dimensions] = Math.log(start.kernelScale);
  raw[dimensions + 1] = Math.log(start.noise - 0.99 * MINIMUM_NOISE);
  const squares = pairwiseSquares(observations);
  const { x, value } = minimizeBounded({
    evaluate: (at, gradient) => {
      const { loss, gradient: slopes } = negativeLogPosterior(observations, fromRaw(at), squares);
      for (let j = 0; j < dimensions; j++) gradient[j] = slopes[j] * Math.exp(at[j]);
      gradient[dimensions] = slopes[dimensions] * Math.exp(at[dimensions]);
      gradient[dimensions + 1] = slopes[dimensions + 1] * Math.exp(at[dimensions + 1]);
      return loss;
    },
    start: raw,
    lower: raw.map(() => -LOG_LIMIT),
    upper: raw.map(() => LOG_LIMIT),
    maxIterations: 100,
    gradientTolerance: 1e-2,
    valueTolerance: 1e-7,
  });
  return { parameters: fromRaw(x), loss: value };
}

function fromRaw(raw: Float64Array): GpParameters {
  const dimensions = raw.length - 2;
  return {
    inverseSquaredLengthscales: raw.slice(0, dimensions).map(Math.exp),
    kernelScale: Math.exp(raw[dimensions]),
    noise: Math.exp(raw[dimensions + 1]) + MINIMUM_NOISE,
  };
}

/**
 * −ln of (marginal likelihood × prior), constants left out, and its gradient by the inverse squared lengthscales, the
 * kernel scale and the noise, in this order. O(n³ + n²·d).
 *
 * @param squares From `pairwiseSquares`, where many parameters are tried on the same observations.
 */
export function negativeLogPosterior(
  { outputs, weights, isCategorical, ...rest }: Observations,
  { inverseSquaredLengthscales: inverses, kernelScale, noise }: GpParameters,
  squares: Float64Array = pairwiseSquares({ outputs, weights, isCategorical, ...rest }),
): { loss: number; gradient: Float64Array } {
  const n = outputs.length;
  const dimensions = isCategorical.length;
  const factor = new CholeskyFactor();
  const row = new Float64Array(n);
  const correlations = new Float64Array((n * (n - 1)) / 2);
  const slopes = new Float64Array(correlations.length);
  for (let i = 0, pair = 0; i < n; i++) {
    for (let j = 0; j < i; j++, pair++) {
      let distance = 0;
      for (let k = 0; k < dimensions; k++) distance += inverses[k] * squares[pair * dimensions + k];
      correlations[pair] = matern52(distance);
      slopes[pair] = matern52Slope(distance);
      row[j] = kernelScale * correlations[pair];
    }
    factor.append(row, kernelScale + observationNoise(noise, weights[i]));
  }
  const solution = outputs.slice();
  factor.solveLower(solution);
  let loss = factor.halfLogDeterminant() + 0.5 * dot(solution, 0, solution, 0, n);
  factor.solveUpper(solution);

  const inverse = factor.inverse();
  const gradient = new Float64Array(dimensions + 2);
  // Half the trace of (K⁻¹ − α·αᵀ)·∂K, every pair once.
  for (let i = 0, pair = 0; i < n; i++) {
    for (let j = 0; j < i; j++, pair++) {
      const sensitivity = inverse[j * n + i] - solution[i] * solution[j];
      gradient[dimensions] += sensitivity * correlations[pair];
      const share = sensitivity * kernelScale * slopes[pair];
      for (let k = 0; k < dimensions; k++) gradient[k] += share * squares[pair * dimensions + k];
    }
    const own = 0.5 * (inverse[i * n + i] - solution[i] * solution[i]);
    gradient[dimensions] += own;
    gradient[dimensions + 1] += own / weights[i];
  }

  for (let k = 0; k < dimensions; k++) {
    loss += 0.1 / inverses[k] + 0.1 * inverses[k];
    gradient[k] += 0.1 - 0.1 / (inverses[k] * inverses[k]);
  }
  // Gamma(2, rate 1) for the scale, Gamma(1.1, rate 30) for the noise.
  loss += kernelScale - Math.log(kernelScale) + 30 * noise - 0.1 * Math.log(noise);
  gradient[dimensions] += 1 - 1 / kernelScale;
  gradient[dimensions + 1] += 30 - 0.1 / noise;
  return { loss, gradient };
}

/** Squared differences of every pair i > j of rows, d numbers each, pairs in the order of a lower triangle. */
export function pairwiseSquares({ rows, isCategorical }: Observations): Float64Array {
  const dimensions = isCategorical.length;
  const squares = new Float64Array((rows.length * (rows.length - 1) * dimensions) / 2);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < i; j++) {
      for (let k = 0; k < dimensions; k++) {
        squares[at++] = squaredDifference(rows[i][k], rows[j][k], isCategorical[k]);
      }
    }
  }
  return squares;
}
