import type { Rng } from '#primitives';
import type { Distribution } from '../../distributions/distribution.js';

/** What n trials have for one parameter. */
export interface ObservedColumn {
  readonly distribution: Distribution;
  /**
   * n internal numbers, their logarithms for log ranges; NaN where a trial has none: its kernel then knows as little as
   * the prior.
   */
  readonly values: Float64Array;
  /**
   * The rows that have a number, by rising number, equal ones by row.
   *
   * @default sorted when it is needed
   */
  readonly order?: Int32Array | undefined;
}

/** What kernels give to a value beside what the prior kernel gives to it. */
export interface DiscreteRatios {
  /** By code, the probability over that of the prior kernel. */
  readonly ratios: Float64Array;
  /** ln of the latter. */
  readonly logPrior: number;
}

/** Kernels over values that can be counted: many are equal, and their densities are looked up. */
export interface DiscreteKernels {
  readonly kind: 'discrete';
  /** By kernel, which of the different kernels it is. */
  readonly codes: Int32Array;
  /** How many codes there are. */
  readonly size: number;
  /** What the kernels give to an internal number. */
  at(value: number): DiscreteRatios;
  /** ln of the probability of an internal number, by code. */
  logProbabilities(value: number): Float64Array;
}

/** Kernels over a range. */
export interface ContinuousKernels {
  readonly kind: 'continuous';
  /** By kernel, the density at its centre over that of the prior kernel at its own; Infinity where that is too much. */
  readonly peaks: Float64Array;
  /** ln of the density of one kernel at its centre. */
  logPeak(kernel: number): number;
  /** Adds what `count` densities from kernel `first` on lie below their peaks at an internal number, as logarithms. */
  addFalls(value: number, first: number, count: number, sums: Float64Array): void;
  /** The sum of factor times e^−(fall + further fall) of these kernels. @param further Falls of other columns, or none. */
  weighedFalls(
    value: number,
    first: number,
    count: number,
    factors: Float64Array,
    further: Float64Array | undefined,
  ): number;
}

/** One parameter's side of a mixture of product kernels: n kernels at observations, and the prior as the last one. */
export type KernelColumn = (DiscreteKernels | ContinuousKernels) & {
  /** Draws an internal number from one kernel. */
  draw(kernel: number, rng: Rng): number;
};
