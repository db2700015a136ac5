import type { Rng } from '#primitives';
import { gaussMass, logGaussMass } from '../../numerics/truncated-normal.js';
import { fastDecay } from './fast-decay.js';
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
    const prior = centres.length - 1;
    const peaks = new Float64Array(centres.length);
    const slopes = new Float64Array(centres.length);
    const priorArea = sigmas[prior] * massOf(this.#kernels, prior);
    let sigma = Number.NaN;
    let perSigma = Number.NaN;
    for (let kernel = 0; kernel < centres.length; kernel++) {
      if (sigmas[kernel] !== sigma) {
        sigma = sigmas[kernel];
        perSigma = 1 / sigma;
      }
      const centre = centres[kernel];
      peaks[kernel] = priorArea / (sigma * gaussMass((low - centre) * perSigma, (high - centre) * perSigma));
      slopes[kernel] = Math.SQRT1_2 * perSigma;
    }
    this.peaks = peaks;
    this.#slopes = slopes;
  }

  logPeak(kernel: number): number {
    const { centres, sigmas, low, high } = this.#kernels;
    const sigma = sigmas[kernel];
    const logMass = logGaussMass((low - centres[kernel]) / sigma, (high - centres[kernel]) / sigma);
    return -LOG_SQRT_2PI - Math.log(sigma) - logMass;
  }

  addFalls(value: number, first: number, count: number, sums: Float64Array): void {
    const x = this.#kernels.scale(value);
    const { centres } = this.#kernels;
    const slopes = this.#slopes;
    for (let index = 0, kernel = first; index < count; index++, kernel++) {
      const z = (x - centres[kernel]) * slopes[kernel];
      sums[index] += z * z;
    }
  }

  weighedFalls(
    value: number,
    first: number,
    count: number,
    factors: Float64Array,
    further: Float64Array | undefined,
  ): number {
    const x = this.#kernels.scale(value);
    const { centres } = this.#kernels;
    const slopes = this.#slopes;
    let total = 0;
    for (let index = 0, kernel = first; index < count; index++, kernel++) {
      const z = (x - centres[kernel]) * slopes[kernel];
      total += factors[index] * fastDecay(further === undefined ? z * z : z * z + further[index]);
    }
    return total;
  }

  draw(kernel: number, rng: Rng): number {
    return this.#kernels.draw(kernel, rng);
  }
}

function massOf({ centres, sigmas, low, high }: NormalKernels, kernel: number): number {
  return gaussMass((low - centres[kernel]) / sigmas[kernel], (high - centres[kernel]) / sigmas[kernel]);
}
