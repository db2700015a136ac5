import type { Rng } from '#primitives';
import { logGaussMass } from '../../numerics/truncated-normal.js';
import type { DiscreteKernels } from './kernel-column.js';
import { NormalKernels, type NormalKernelsInput } from './normal-kernels.js';

/** How far off the grid, in steps, a centre may lie that counts as on it: its masses are then right to 1e-12. */
const ON_GRID = 1e-13;

/** Points of a grid for which equal kernels are found by their place. */
const MOST_PLACES = 4096;

/**
 * Normal kernels over a range with a step: a value is scored by the mass of the cell [x − step/2, x + step/2]. Kernels
 * with the same centre and width are one.
 */
export class GridColumn implements DiscreteKernels {
  readonly kind = 'discrete';
  readonly codes: Int32Array;
  readonly #kernels: NormalKernels;
  readonly #step: number;
  /** By code. */
  readonly #centres: number[] = [];
  readonly #sigmas: number[] = [];
  /** ln of the mass inside the range. */
  readonly #logMasses: Float64Array;
  readonly #tables = new Map<number, Float64Array>();
  /** Equally wide kernels on an even grid: ln of the mass of the cell that lies so many steps away. */
  readonly #byDistance: number[] = [];

  constructor(input: NormalKernelsInput) {
    this.#kernels = new NormalKernels(input);
    this.#step = input.distribution.step as number;
    const { centres, sigmas, low, high } = this.#kernels;
    this.codes = new Int32Array(centres.length);
    const { low: first, log } = input.distribution;
    /** By place on an even grid, one more than the code of the last kernel there: mostly the next one there equals it. */
    const lastCodes = new Int32Array(log ? 0 : Math.min(MOST_PLACES, centres.length));
    const codesByCentre = new Map<number, number[]>();
    for (let kernel = 0; kernel < centres.length; kernel++) {
      const place = Math.round((centres[kernel] - first) / this.#step);
      const last = lastCodes[place] - 1;
      const isLast = last >= 0 && this.#centres[last] === centres[kernel] && this.#sigmas[last] === sigmas[kernel];
      const code = isLast ? last : this.#codeOf(codesByCentre, centres[kernel], sigmas[kernel]);
      if (place < lastCodes.length) lastCodes[place] = code + 1;
      this.codes[kernel] = code;
    }
    this.#logMasses = Float64Array.from(this.#centres, (_, code) => this.#logMass(code, low, high));
  }

  get size(): number {
    return this.#centres.length;
  }

  logProbabilities(value: number): Float64Array {
    let table = this.#tables.get(value);
    if (table === undefined) {
      const from = this.#kernels.scale(value - this.#step / 2);
      const to = this.#kernels.scale(value + this.#step / 2);
      table = new Float64Array(this.#centres.length);
      for (let code = 0; code < table.length; code++) {
        table[code] = this.#cellLogMass(code, value, from, to) - this.#logMasses[code];
      }
      this.#tables.set(value, table);
    }
    return table;
  }

  draw(kernel: number, rng: Rng): number {
    return this.#kernels.draw(kernel, rng);
  }

  #codeOf(codesByCentre: Map<number, number[]>, centre: number, sigma: number): number {
    const codes = codesByCentre.get(centre) ?? [];
    const known = codes.find((code) => this.#sigmas[code] === sigma);
    if (known !== undefined) return known;
    const code = this.#centres.push(centre) - 1;
    this.#sigmas.push(sigma);
    codesByCentre.set(centre, [...codes, code]);
    return code;
  }

  #cellLogMass(code: number, value: number, from: number, to: number): number {
    const distance = Math.abs(value - this.#centres[code]) / this.#step;
    const steps = Math.round(distance);
    const isShared =
      !this.#kernels.distribution.log && this.#sigmas[code] === this.#sigmas[0] && Math.abs(distance - steps) < ON_GRID;
    if (!isShared) return this.#logMass(code, from, to);
    this.#byDistance[steps] ??= this.#logMass(code, from, to);
    return this.#byDistance[steps];
  }

  #logMass(code: number, from: number, to: number): number {
    const sigma = this.#sigmas[code];
    return logGaussMass((from - this.#centres[code]) / sigma, (to - this.#centres[code]) / sigma);
  }
}
