import { BLOCK, type ProductKernels, type RowRatios } from './product-kernels.js';

/**
 * The density at one row, summed up from the last kernel to the first: those of old trials count least, so that a part
 * of the kernels says nearly all. What has been summed is a lower bound of the whole.
 */
export class GrowingDensity {
  #log = Number.NEGATIVE_INFINITY;
  #total = 0;
  /** Kernels that are not in the sum yet. */
  #left: number;
  readonly #ratios: RowRatios | undefined;

  constructor(
    private readonly kernels: ProductKernels,
    private readonly row: readonly number[],
  ) {
    this.#left = kernels.count;
    this.#ratios = kernels.at(row);
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  /** ln of what has been summed. */
  get log(): number {
    return this.#log;
  }

  /** Adds the next kernels. */
  grow(): void {
    if (this.#ratios === undefined) {
      this.#log = this.kernels.logDensity(this.row);
      this.#left = 0;
      return;
    }
    const count = Math.min(BLOCK, this.#left);
    this.#left -= count;
    this.#total += this.kernels.sum(this.#ratios, this.#left, count);
    this.#log = this.#ratios.logScale + Math.log(this.#total);
  }
}
