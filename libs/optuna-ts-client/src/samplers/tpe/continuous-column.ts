import type { Rng } from '#primitives';
import { logGaussMass } from '../../numerics/truncated-normal.js';
import { fastExp } from './fast-exp.js';
import type { ContinuousKernels } from './kernel-column.js';
import { NormalKernels, type NormalKernelsInput } from './normal-kernels.js';

const LOG_SQRT_2PI = 0.9189385332046728;

/** Normal kernels over a range without a step, by their densities. */
export class ContinuousColumn implements ContinuousKernels {
  readonly kind = 'continuous';
  readonly peaks: Float64Array;
  readonly #kernels: NormalKernels;
  /** 1 / (σ √2) by kernel. */
  readonly #slopes: Float64Array;

  constructor(input: NormalKernelsInput) {
    this.#kernels = new NormalKernels(input);
    const { centres, sigmas, low, high } = this.#kernels;
    this.peaks = new Float64Array(centres.length);
    this.#slopes = new Float64Array(centres.length);
    let logSigma = Number.NaN;
    for (let kernel = 0; kernel < centres.length; kernel++) {
      const sigma = sigmas[kernel];
      if (kernel === 0 || sigma !== sigmas[kernel - 1]) logSigma = Math.log(sigma);
      const logMass = logGaussMass((low - centres[kernel]) / sigma, (high - centres[kernel]) / sigma);
      this.peaks[kernel] = -LOG_SQRT_2PI - logSigma - logMass;
      this.#slopes[kernel] = Math.SQRT1_2 / sigma;
    }
  }

  addFalls(value: number, first: number, count: number, sums: Float64Array): void {
    const x = this.#kernels.scale(value);
    const { centres } = this.#kernels;
    const slopes = this.#slopes;
    for (let index = 0, kernel = first; index < count; index++, kernel++) {
      const z = (x - centres[kernel]) * slopes[kernel];
      sums[index] -= z * z;
    }
  }

  sumOfExps(value: number, first: number, count: number, terms: Float64Array, shift: number): number {
    const x = this.#kernels.scale(value);
    const { centres } = this.#kernels;
    const slopes = this.#slopes;
    let total = 0;
    for (let index = 0, kernel = first; index < count; index++, kernel++) {
      const z = (x - centres[kernel]) * slopes[kernel];
      total += fastExp(terms[index] - shift - z * z);
    }
    return total;
  }

  draw(kernel: number, rng: Rng): number {
    return this.#kernels.draw(kernel, rng);
  }
}
