import type { Rng } from '#primitives';
import type { DiscreteKernels, DiscreteRatios } from './kernel-column.js';

/**
 * Kernels over unordered choices: the observed one has weight 1, every choice an equal share of the prior weight; the
 * prior kernel is uniform.
 *
 * @see optuna/samplers/_tpe/parzen_estimator.py _calculate_categorical_distributions, 5.0.0
 */
export class CategoricalColumn implements DiscreteKernels {
  readonly kind = 'discrete';
  /** n + 1 observed choices; the number of choices where there is none. */
  readonly codes: Int32Array;
  readonly size: number;
  readonly #choices: number;
  readonly #hit: number;
  readonly #miss: number;

  /** @param observed n indexes of choices, or NaN. @param priorWeight > 0. */
  constructor(observed: Float64Array, choices: number, priorWeight: number) {
    const share = priorWeight / (observed.length + 1);
    const codes = new Int32Array(observed.length + 1);
    for (let kernel = 0; kernel < observed.length; kernel++) {
      const choice = observed[kernel];
      codes[kernel] = Number.isNaN(choice) ? choices : choice;
    }
    codes[observed.length] = choices;
    this.codes = codes;
    this.size = choices + 1;
    this.#choices = choices;
    this.#hit = (1 + share) / (1 + share * choices);
    this.#miss = share / (1 + share * choices);
  }

  at(value: number): DiscreteRatios {
    const ratios = new Float64Array(this.#choices + 1).fill(this.#miss * this.#choices);
    ratios[value] = this.#hit * this.#choices;
    ratios[this.#choices] = 1;
    return { ratios, logPrior: -Math.log(this.#choices) };
  }

  logProbabilities(value: number): Float64Array {
    const table = new Float64Array(this.#choices + 1).fill(Math.log(this.#miss));
    table[value] = Math.log(this.#hit);
    table[this.#choices] = -Math.log(this.#choices);
    return table;
  }

  draw(kernel: number, rng: Rng): number {
    const uniform = rng.float();
    const any = Math.min(this.#choices - 1, Math.floor(uniform * this.#choices));
    // The observed choice takes the first stretch of [0, 1), the others share the rest evenly.
    const observed = this.codes[kernel];
    if (observed === this.#choices) return any;
    if (uniform < this.#hit || this.#choices === 1) return observed;
    const other = Math.min(this.#choices - 2, Math.floor((uniform - this.#hit) / this.#miss));
    return other < observed ? other : other + 1;
  }
}
