import type { Rng } from '#primitives';

/** One parameter's side of a mixture of product kernels: n kernels at observations, and the prior as the last one. */
export interface KernelColumn {
  /** Adds ln of each kernel's density at an internal number (of its probability, where values are discrete). */
  addLogDensities(value: number, sums: Float64Array): void;
  /** Draws an internal number from one kernel. */
  draw(kernel: number, rng: Rng): number;
}
