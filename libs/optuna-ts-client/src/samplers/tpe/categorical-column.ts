import type { Rng } from '#primitives';
import type { KernelColumn } from './kernel-column.js';

/**
 * Kernels over unordered choices: the observed one has weight 1, every choice an equal share of the prior weight; the
 * prior kernel is uniform.
 *
 * @see optuna/samplers/_tpe/parzen_estimator.py _calculate_categorical_distributions, 5.0.0
 */
export class CategoricalColumn implements KernelColumn {
  /** n + 1 observed choices; the number of choices where there is none. */
  readonly #observed: Int32Array;
  readonly #choices: number;
  readonly #hit: number;
  readonly #miss: number;
  readonly #logHit: number;
  /** ln of the density where another choice is asked for, by what a kernel has observed. */
  readonly #table: Float64Array;

  /** @param observed n indexes of choices, or NaN. @param priorWeight > 0. */
  constructor(observed: Float64Array, choices: number, priorWeight: number) {
    const share = priorWeight / (observed.length + 1);
    this.#observed = new Int32Array(observed.length + 1).fill(choices);
    for (let kernel = 0; kernel < observed.length; kernel++) {
      if (!Number.isNaN(observed[kernel])) this.#observed[kernel] = observed[kernel];
    }
    this.#choices = choices;
    this.#hit = (1 + share) / (1 + share * choices);
    this.#miss = share / (1 + share * choices);
    this.#logHit = Math.log(this.#hit);
    this.#table = new Float64Array(choices + 1).fill(Math.log(this.#miss));
    this.#table[choices] = -Math.log(choices);
  }

  addLogDensities(value: number, first: number, count: number, sums: Float64Array): void {
    const observed = this.#observed;
    const table = this.#table;
    const miss = table[value];
    table[value] = this.#logHit;
    for (let index = 0; index < count; index++) sums[index] += table[observed[first + index]];
    table[value] = miss;
  }

  draw(kernel: number, rng: Rng): number {
    const uniform = rng.float();
    const any = Math.min(this.#choices - 1, Math.floor(uniform * this.#choices));
    // The observed choice takes the first stretch of [0, 1), the others share the rest evenly.
    const observed = this.#observed[kernel];
    if (observed === this.#choices) return any;
    if (uniform < this.#hit || this.#choices === 1) return observed;
    const other = Math.min(this.#choices - 2, Math.floor((uniform - this.#hit) / this.#miss));
    return other < observed ? other : other + 1;
  }
}
