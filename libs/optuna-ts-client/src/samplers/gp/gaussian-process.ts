import { CholeskyFactor } from './cholesky-factor.js';
import { dot } from './dot.js';
import { matern52, matern52Slope, squaredDifference } from './matern-kernel.js';

/** Hyper-parameters of a model of outputs with mean 0 and variance about 1. */
export interface GpParameters {
  /** One per dimension, > 0: how fast the function varies along it. */
  readonly inverseSquaredLengthscales: Float64Array;
  /** Variance of the function, > 0. */
  readonly kernelScale: number;
  /** Variance of an observation about the function, > 0. */
  readonly noise: number;
}

/** Noise that a trial of an earlier study has at least, per unit of missing weight: its data set was another one. */
const FOREIGN_NOISE = 0.01;

/** Variance of an observation of weight w in (0, 1]: the noise over w, and more for one that is not the study's own. */
export function observationNoise(noise: number, weight: number): number {
  return (noise + FOREIGN_NOISE * (1 - weight)) / weight;
}

/**
 * Exact Gaussian process with a Matérn-5/2 kernel, one lengthscale per dimension. Observations are appended in O(n²); a
 * posterior costs O(n²) too.
 */
export class GaussianProcess {
  readonly #factor = new CholeskyFactor();
  readonly #rows: Float64Array[] = [];
  readonly #outputs: number[] = [];
  #covariances = new Float64Array(64);
  #slopes = new Float64Array(64);
  /** (K + noise)⁻¹·y; absent while an observation is not yet taken into it. */
  #solution: Float64Array | undefined;

  /** @param isCategorical One per dimension: whether only equality counts. */
  constructor(
    readonly parameters: GpParameters,
    readonly isCategorical: readonly boolean[],
  ) {}

  /** Number of observations. */
  get size(): number {
    return this.#rows.length;
  }

  /** Takes in an output seen at `row` (one number per dimension) with a weight in (0, 1]. */
  append(row: Float64Array, output: number, weight = 1): void {
    this.#reserve();
    const { kernelScale, noise } = this.parameters;
    this.#covary(row, false);
    this.#factor.append(this.#covariances, kernelScale + observationNoise(noise, weight));
    this.#rows.push(row);
    this.#outputs.push(output);
    this.#solution = undefined;
  }

  /** Forgets all observations but the first `size`. */
  truncate(size: number): void {
    if (size >= this.size) return;
    this.#factor.truncate(size);
    this.#rows.length = size;
    this.#outputs.length = size;
    this.#solution = undefined;
  }

  /** Mean and variance (>= 0, without noise) of the function at `row`. */
  posterior(row: Float64Array): { mean: number; variance: number } {
    const n = this.size;
    const solution = this.#solved();
    this.#covary(row, false);
    const mean = dot(this.#covariances, 0, solution, 0, n);
    this.#factor.solveLower(this.#covariances);
    return { mean, variance: this.#variance() };
  }

  /**
   * The posterior and how it changes with `row`.
   *
   * @param dimensions The dimensions along which the gradients are wanted; categorical ones have none.
   * @returns `meanGradient` and `varianceGradient` in the order of `dimensions`.
   */
  posteriorWithGradient(
    row: Float64Array,
    dimensions: readonly number[],
  ): { mean: number; variance: number; meanGradient: Float64Array; varianceGradient: Float64Array } {
    const n = this.size;
    const solution = this.#solved();
    this.#covary(row, true);
    const covariances = this.#covariances;
    const mean = dot(covariances, 0, solution, 0, n);
    this.#factor.solveLower(covariances);
    const variance = this.#variance();
    this.#factor.solveUpper(covariances);
    const meanGradient = new Float64Array(dimensions.length);
    const varianceGradient = new Float64Array(dimensions.length);
    const { inverseSquaredLengthscales } = this.parameters;
    for (let i = 0; i < n; i++) {
      const other = this.#rows[i];
      const meanShare = 2 * this.#slopes[i] * solution[i];
      const varianceShare = -4 * this.#slopes[i] * covariances[i];
      for (let position = 0; position < dimensions.length; position++) {
        const dimension = dimensions[position];
        const change = inverseSquaredLengthscales[dimension] * (row[dimension] - other[dimension]);
        meanGradient[position] += meanShare * change;
        varianceGradient[position] += varianceShare * change;
      }
    }
    return { mean, variance, meanGradient, varianceGradient };
  }

  #variance(): number {
    const explained = dot(this.#covariances, 0, this.#covariances, 0, this.size);
    return Math.max(0, this.parameters.kernelScale - explained);
  }

  /** Fills in the covariances of `row` with every observation and, on request, their slopes by squared distance. */
  #covary(row: Float64Array, withSlopes: boolean): void {
    const { inverseSquaredLengthscales, kernelScale } = this.parameters;
    const dimensions = this.isCategorical.length;
    for (let i = 0; i < this.#rows.length; i++) {
      const other = this.#rows[i];
      let distance = 0;
      for (let j = 0; j < dimensions; j++) {
        distance += inverseSquaredLengthscales[j] * squaredDifference(row[j], other[j], this.isCategorical[j]);
      }
      this.#covariances[i] = kernelScale * matern52(distance);
      if (withSlopes) this.#slopes[i] = kernelScale * matern52Slope(distance);
    }
  }

  #solved(): Float64Array {
    if (this.#solution === undefined) {
      this.#solution = Float64Array.from(this.#outputs);
      this.#factor.solveLower(this.#solution);
      this.#factor.solveUpper(this.#solution);
    }
    return this.#solution;
  }

  #reserve(): void {
    if (this.size < this.#covariances.length) return;
    this.#covariances = new Float64Array(2 * this.size);
    this.#slopes = new Float64Array(2 * this.size);
  }
}
