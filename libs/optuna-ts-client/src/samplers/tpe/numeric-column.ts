import type { Rng } from '#primitives';
import type { FloatDistribution, IntDistribution } from '../../distributions/distribution.js';
import { onGrid } from '../../distributions/internal-representation.js';
import { logGaussMass, truncatedNormalQuantile } from '../../numerics/truncated-normal.js';
import { type BandwidthRule, bandwidths } from './bandwidths.js';
import type { KernelColumn } from './kernel-column.js';

const LOG_SQRT_2PI = 0.9189385332046728;

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
  /** ln of the mass of each kernel inside the range. */
  readonly #logMasses: Float64Array;
  /** For each kernel, the first one that equals it: on a grid many do, and their masses are costly. */
  readonly #firstEqual: Int32Array;
  readonly #cellLogMasses = new Map<number, Float64Array>();

  /** @param observed n internal numbers. @param dimensions How many columns the estimator has. */
  constructor(
    observed: Float64Array,
    distribution: FloatDistribution | IntDistribution,
    dimensions: number,
    rule: BandwidthRule,
  ) {
    const half = (distribution.step ?? 0) / 2;
    this.#distribution = distribution;
    this.#low = this.#scale(distribution.low - half);
    this.#high = this.#scale(distribution.high + half);
    const centres = observed.map((value) => this.#scale(value));
    const range = this.#high - this.#low;
    this.#centres = withPrior(centres, (this.#low + this.#high) / 2);
    this.#sigmas = withPrior(bandwidths(centres, this.#low, this.#high, dimensions, rule), range);
    this.#firstEqual = firstEqual(this.#centres, this.#sigmas);
    this.#logMasses = this.#massesBetween(this.#low, this.#high);
  }

  addLogDensities(value: number, sums: Float64Array): void {
    const { step } = this.#distribution;
    if (step !== null) {
      let masses = this.#cellLogMasses.get(value);
      if (masses === undefined) {
        masses = this.#massesBetween(this.#scale(value - step / 2), this.#scale(value + step / 2));
        this.#cellLogMasses.set(value, masses);
      }
      for (let kernel = 0; kernel < sums.length; kernel++) sums[kernel] += masses[kernel] - this.#logMasses[kernel];
      return;
    }
    const x = this.#scale(value);
    for (let kernel = 0; kernel < sums.length; kernel++) {
      const sigma = this.#sigmas[kernel];
      const z = (x - this.#centres[kernel]) / sigma;
      sums[kernel] -= 0.5 * z * z + LOG_SQRT_2PI + this.#logMasses[kernel] + Math.log(sigma);
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

  #massesBetween(from: number, to: number): Float64Array {
    const masses = new Float64Array(this.#centres.length);
    for (let kernel = 0; kernel < masses.length; kernel++) {
      const first = this.#firstEqual[kernel];
      const sigma = this.#sigmas[kernel];
      const centre = this.#centres[kernel];
      masses[kernel] = first < kernel ? masses[first] : logGaussMass((from - centre) / sigma, (to - centre) / sigma);
    }
    return masses;
  }
}

function withPrior(values: Float64Array, prior: number): Float64Array {
  const extended = new Float64Array(values.length + 1);
  extended.set(values);
  extended[values.length] = prior;
  return extended;
}

function firstEqual(centres: Float64Array, sigmas: Float64Array): Int32Array {
  const firsts = new Map<string, number>();
  return Int32Array.from(centres, (centre, kernel) => {
    const key = `${centre} ${sigmas[kernel]}`;
    const first = firsts.get(key) ?? kernel;
    firsts.set(key, first);
    return first;
  });
}
