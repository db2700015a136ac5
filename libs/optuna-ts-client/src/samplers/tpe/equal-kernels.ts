import { logGaussMass } from './truncated-normal.js';

/** Normal kernels of which many have the same centre and width: masses are taken once for each such pair. */
export class EqualKernels {
  /** By kernel, the number of its pair. */
  readonly #pairs: Int32Array;
  readonly #centres: number[] = [];
  readonly #sigmas: number[] = [];
  /** By pair, ln of its mass inside the range. */
  readonly #logMasses: Float64Array;
  /** By the cell's lower end, the ln of each pair's share inside it. */
  readonly #cells = new Map<number, Float64Array>();

  /** @param low Ends of the range, on the scale of the kernels. */
  constructor(centres: Float64Array, sigmas: Float64Array, low: number, high: number) {
    const byCentre = new Map<number, number[]>();
    this.#pairs = new Int32Array(centres.length);
    for (let kernel = 0; kernel < centres.length; kernel++) {
      let candidates = byCentre.get(centres[kernel]);
      if (candidates === undefined) {
        candidates = [];
        byCentre.set(centres[kernel], candidates);
      }
      let pair = candidates.find((candidate) => this.#sigmas[candidate] === sigmas[kernel]);
      if (pair === undefined) {
        pair = this.#centres.push(centres[kernel]) - 1;
        this.#sigmas.push(sigmas[kernel]);
        candidates.push(pair);
      }
      this.#pairs[kernel] = pair;
    }
    this.#logMasses = this.#massesBetween(low, high);
  }

  /** As `KernelColumn.addLogDensities`, of the shares that lie between `from` and `to`, ends of one cell of the grid. */
  addLogMasses(from: number, to: number, first: number, count: number, sums: Float64Array): void {
    const pairs = this.#pairs;
    let cell = this.#cells.get(from);
    if (cell === undefined) {
      cell = this.#massesBetween(from, to);
      for (let pair = 0; pair < cell.length; pair++) cell[pair] -= this.#logMasses[pair];
      this.#cells.set(from, cell);
    }
    for (let index = 0; index < count; index++) sums[index] += cell[pairs[first + index]];
  }

  #massesBetween(from: number, to: number): Float64Array {
    return Float64Array.from(this.#centres, (centre, pair) => {
      const sigma = this.#sigmas[pair];
      return logGaussMass((from - centre) / sigma, (to - centre) / sigma);
    });
  }
}
