import type { Rng } from '#primitives';
import type { Distribution } from '../../distributions/distribution.js';

/** What n trials have for one parameter. */
export interface ObservedColumn {
  readonly distribution: Distribution;
  /** n internal numbers; NaN where a trial has none: its kernel then knows as little as the prior. */
  readonly values: Float64Array;
  /**
   * The rows that have a number, by rising number, equal ones by row.
   *
   * @default sorted when it is needed
   */
  readonly order?: Int32Array | undefined;
}

/** One parameter's side of a mixture of product kernels: n kernels at observations, and the prior as the last one. */
export interface KernelColumn {
  /**
   * Adds ln of the densities of `count` kernels from `first` on, at an internal number (of its probability, where values
   * are discrete), to the first `count` sums.
   */
  addLogDensities(value: number, first: number, count: number, sums: Float64Array): void;
  /** Draws an internal number from one kernel. */
  draw(kernel: number, rng: Rng): number;
}
