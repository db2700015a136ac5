import type { Rng } from '#primitives';
import type { FloatDistribution, IntDistribution } from '../../distributions/distribution.js';
import { onGrid } from '../../distributions/internal-representation.js';
import { truncatedNormalQuantile } from '../../numerics/truncated-normal.js';
import { type BandwidthRule, bandwidths } from './bandwidths.js';

/** What numeric kernels are made of. */
export interface NormalKernelsInput {
  readonly distribution: FloatDistribution | IntDistribution;
  /** See `ObservedColumn`. */
  readonly values: Float64Array;
  /** See `ObservedColumn`. */
  readonly order?: Int32Array | undefined;
  /** How many columns the estimator has. */
  readonly dimensions: number;
  readonly rule: BandwidthRule;
}

/**
 * Normal kernels cut to the range, on the log scale for log ranges; the prior kernel sits in the middle and is as wide
 * as the range. A range with a step reaches half a step further on both sides.
 *
 * @see optuna/samplers/_tpe/parzen_estimator.py _calculate_numerical_distributions, 5.0.0
 */
export class NormalKernels {
  readonly distribution: FloatDistribution | IntDistribution;
  /** Ends of the range on the scale of the kernels. */
  readonly low: number;
  readonly high: number;
  /** n + 1 each. */
  readonly centres: Float64Array;
  readonly sigmas: Float64Array;

  constructor({ distribution, values, order, dimensions, rule }: NormalKernelsInput) {
    const half = (distribution.step ?? 0) / 2;
    const n = values.length;
    this.distribution = distribution;
    this.low = this.scale(distribution.low - half);
    this.high = this.scale(distribution.high + half);
    const middle = (this.low + this.high) / 2;
    this.centres = new Float64Array(n + 1);
    this.centres.set(values);
    this.centres[n] = middle;
    this.sigmas = bandwidths(values, this.low, this.high, dimensions, rule, order);
    for (let row = 0; row < n; row++) {
      if (!Number.isNaN(this.centres[row])) continue;
      this.centres[row] = middle;
      this.sigmas[row] = this.high - this.low;
    }
  }

  /** An internal number on the scale of the kernels. */
  scale(value: number): number {
    return this.distribution.log ? Math.log(value) : value;
  }

  draw(kernel: number, rng: Rng): number {
    const centre = this.centres[kernel];
    const sigma = this.sigmas[kernel];
    const z = truncatedNormalQuantile(rng.float(), (this.low - centre) / sigma, (this.high - centre) / sigma);
    const drawn = z * sigma + centre;
    return onGrid(this.distribution, this.distribution.log ? Math.exp(drawn) : drawn);
  }
}
