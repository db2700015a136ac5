import type { Rng } from '#primitives';
import type { KernelColumn } from './kernel-column.js';

/**
 * Kernels over unordered choices: the observed one has weight 1, every choice an equal share of the prior weight; the
 * prior kernel is uniform.
 *
 * @see optuna/samplers/_tpe/parzen_estimator.py _calculate_categorical_distributions, 5.0.0
 */
export class CategoricalColumn implements KernelColumn {
  readonly #observed: Float64Array;
  readonly #choices: number;
  readonly #hit: number;
  readonly #miss: number;

  /** @param observed n indexes of choices. @param priorWeight > 0. */
  constructor(observed: Float64Array, choices: number, priorWeight: number) {
    const share = priorWeight / (observed.length + 1);
    this.#observed = observed;
    this.#choices = choices;
    this.#hit = (1 + share) / (1 + share * choices);
    this.#miss = share / (1 + share * choices);
  }

  addLogDensities(value: number, sums: Float64Array): void {
    const hit = Math.log(this.#hit);
    const miss = Math.log(this.#miss);
    const n = this.#observed.length;
    for (let kernel = 0; kernel < n; kernel++) sums[kernel] += this.#observed[kernel] === value ? hit : miss;
    sums[n] -= Math.log(this.#choices);
  }

  draw(kernel: number, rng: Rng): number {
    const uniform = rng.float();
    const any = Math.min(this.#choices - 1, Math.floor(uniform * this.#choices));
    if (kernel === this.#observed.length) return any;
    // The observed choice takes the first stretch of [0, 1), the others share the rest evenly.
    const observed = this.#observed[kernel];
    if (uniform < this.#hit || this.#choices === 1) return observed;
    const other = Math.min(this.#choices - 2, Math.floor((uniform - this.#hit) / this.#miss));
    return other < observed ? other : other + 1;
  }
}
