import type { Rng } from '#primitives';
import type { FloatDistribution, IntDistribution } from '../../distributions/distribution.js';
import { onGrid } from '../../distributions/internal-representation.js';
import { type BandwidthRule, bandwidths } from './bandwidths.js';
import { EqualKernels } from './equal-kernels.js';
import type { KernelColumn } from './kernel-column.js';
import { logGaussMass, truncatedNormalQuantile } from './truncated-normal.js';

const LOG_SQRT_2PI = 0.9189385332046728;

/** What a numeric column is made of. */
export interface NumericColumnInput {
  readonly distribution: FloatDistribution | IntDistribution;
  /** n internal numbers, NaN where there is none. */
  readonly values: Float64Array;
  /** See `ObservedColumn`. */
  readonly order?: Int32Array | undefined;
  /** How many columns the estimator has. */
  readonly dimensions: number;
  readonly rule: BandwidthRule;
}

/**
 * Normal kernels cut to the range, on the log scale for log ranges; the prior kernel sits in the middle and is as wide
 * as the range. Values on a grid are scored by the mass of the cell [x − step/2, x + step/2].
 *
 * @see optuna/samplers/_tpe/parzen_estimator.py _calculate_numerical_distributions, 5.0.0
 */
export class NumericColumn implements KernelColumn {
  readonly #distribution: FloatDistribution | IntDistribution;
  readonly #low: number;
  readonly #high: number;
  readonly #centres: Float64Array;
  readonly #sigmas: Float64Array;
  /** On a grid many kernels are equal, and their masses are costly. */
  readonly #equal: EqualKernels | undefined;
  /** Of a continuous kernel, ln of its density at the centre, and 1 / (σ √2). */
  readonly #peaks: Float64Array;
  readonly #slopes: Float64Array;

  constructor({ distribution, values, order, dimensions, rule }: NumericColumnInput) {
    const half = (distribution.step ?? 0) / 2;
    const n = values.length;
    this.#distribution = distribution;
    this.#low = this.#scale(distribution.low - half);
    this.#high = this.#scale(distribution.high + half);
    const range = this.#high - this.#low;
    const middle = (this.#low + this.#high) / 2;
    const centres = new Float64Array(n + 1).fill(middle);
    for (let row = 0; row < n; row++) centres[row] = this.#scale(values[row]);
    const sigmas = bandwidths(centres.subarray(0, n), this.#low, this.#high, dimensions, rule, order);
    this.#sigmas = new Float64Array(n + 1).fill(range);
    for (let row = 0; row < n; row++) {
      if (Number.isNaN(centres[row])) centres[row] = middle;
      else this.#sigmas[row] = sigmas[row];
    }
    this.#centres = centres;
    const isContinuous = distribution.step === null;
    this.#equal = isContinuous ? undefined : new EqualKernels(centres, this.#sigmas, this.#low, this.#high);
    this.#peaks = new Float64Array(isContinuous ? n + 1 : 0);
    this.#slopes = new Float64Array(this.#peaks.length);
    this.#prepareContinuous();
  }

  addLogDensities(value: number, first: number, count: number, sums: Float64Array): void {
    if (this.#equal !== undefined) {
      const half = (this.#distribution.step as number) / 2;
      this.#equal.addLogMasses(this.#scale(value - half), this.#scale(value + half), first, count, sums);
      return;
    }
    const x = this.#scale(value);
    const centres = this.#centres;
    const peaks = this.#peaks;
    const slopes = this.#slopes;
    for (let index = 0, kernel = first; index < count; index++, kernel++) {
      const z = (x - centres[kernel]) * slopes[kernel];
      sums[index] += peaks[kernel] - z * z;
    }
  }

  draw(kernel: number, rng: Rng): number {
    const centre = this.#centres[kernel];
    const sigma = this.#sigmas[kernel];
    const z = truncatedNormalQuantile(rng.float(), (this.#low - centre) / sigma, (this.#high - centre) / sigma);
    const drawn = z * sigma + centre;
    return onGrid(this.#distribution, this.#distribution.log ? Math.exp(drawn) : drawn);
  }

  #scale(value: number): number {
    return this.#distribution.log ? Math.log(value) : value;
  }

  #prepareContinuous(): void {
    let logSigma = Number.NaN;
    for (let kernel = 0; kernel < this.#peaks.length; kernel++) {
      const sigma = this.#sigmas[kernel];
      const centre = this.#centres[kernel];
      if (kernel === 0 || sigma !== this.#sigmas[kernel - 1]) logSigma = Math.log(sigma);
      const logMass = logGaussMass((this.#low - centre) / sigma, (this.#high - centre) / sigma);
      this.#peaks[kernel] = -LOG_SQRT_2PI - logSigma - logMass;
      this.#slopes[kernel] = Math.SQRT1_2 / sigma;
    }
  }
}
