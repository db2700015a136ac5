import type { Rng } from '#primitives';
import { gaussMass, logGaussMass } from '../../numerics/truncated-normal.js';
import type { DiscreteKernels, DiscreteRatios } from './kernel-column.js';
import { NormalKernels, type NormalKernelsInput } from './normal-kernels.js';

/** How far off the grid, in steps, a centre may lie that counts as on it: its masses are then right to 1e-12. */
const ON_GRID = 1e-13;

/** Points of a grid for which equal kernels are found by their place. */
const MOST_PLACES = 4096;

/** One over the mass inside the range, above which a kernel lies so far outside that only logarithms hold it. */
const FAR_OUTSIDE = 1e200;

/** In place of a place: the kernel shares its masses with no other. */
const NO_PLACE = -1;

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
  /** Where the centre lies on an even grid if its kernel is as wide as the first one, else `NO_PLACE`. */
  readonly #places: number[] = [];
  /** One over the mass inside the range. */
  readonly #perMass: number[] = [];
  /** By steps from the centre, the mass of a cell of the kernels with a place. */
  readonly #byDistance: number[] = [];

  constructor(input: NormalKernelsInput) {
    const kernels = new NormalKernels(input);
    this.#kernels = kernels;
    this.#step = input.distribution.step as number;
    const { centres, sigmas } = kernels;
    const { low: first, log } = input.distribution;
    const codes = new Int32Array(centres.length);
    const perStep = 1 / this.#step;
    /** By place on an even grid, one more than the code of the last kernel there: mostly the next one there equals it. */
    const lastCodes = new Int32Array(log ? 0 : Math.min(MOST_PLACES, centres.length));
    const codesByCentre = new Map<number, number[]>();
    const knownCentres = this.#centres;
    const knownSigmas = this.#sigmas;
    for (let kernel = 0; kernel < centres.length; kernel++) {
      const centre = centres[kernel];
      const sigma = sigmas[kernel];
      const place = Math.floor((centre - first) * perStep + 0.5);
      const isPlace = place >= 0 && place < lastCodes.length;
      const last = isPlace ? lastCodes[place] - 1 : NO_PLACE;
      const code =
        last >= 0 && knownCentres[last] === centre && knownSigmas[last] === sigma
          ? last
          : this.#codeOf(codesByCentre, centre, sigma);
      if (isPlace) lastCodes[place] = code + 1;
      codes[kernel] = code;
    }
    this.codes = codes;
  }

  get size(): number {
    return this.#centres.length;
  }

  at(value: number): DiscreteRatios {
    const from = this.#kernels.scale(value - this.#step / 2);
    const to = this.#kernels.scale(value + this.#step / 2);
    const prior = this.codes[this.codes.length - 1];
    const priorMass = this.#mass(prior, from, to) * this.#perMass[prior];
    const place = this.#placeOf(value);
    const ratios = new Float64Array(this.#centres.length);
    for (let code = 0; code < ratios.length; code++) {
      const centrePlace = this.#places[code];
      const perMass = this.#perMass[code];
      let mass: number;
      if (!(perMass < FAR_OUTSIDE)) mass = Math.exp(this.#logProbability(code, from, to));
      else if (place === NO_PLACE || centrePlace === NO_PLACE) mass = this.#mass(code, from, to) * perMass;
      else mass = this.#massAt(Math.abs(place - centrePlace)) * perMass;
      ratios[code] = mass / priorMass;
    }
    ratios[prior] = 1;
    return { ratios, logPrior: Math.log(priorMass) };
  }

  logProbabilities(value: number): Float64Array {
    const from = this.#kernels.scale(value - this.#step / 2);
    const to = this.#kernels.scale(value + this.#step / 2);
    return Float64Array.from(this.#centres, (_, code) => this.#logProbability(code, from, to));
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
    this.#places.push(sigma === this.#sigmas[0] ? this.#placeOf(centre) : NO_PLACE);
    this.#perMass.push(1 / this.#mass(code, this.#kernels.low, this.#kernels.high));
    codesByCentre.set(centre, [...codes, code]);
    return code;
  }

  /** Steps from the low end of the range, where that is a whole number. */
  #placeOf(value: number): number {
    const { low, log } = this.#kernels.distribution;
    const steps = (value - low) / this.#step;
    const place = Math.round(steps);
    return !log && Math.abs(steps - place) < ON_GRID ? place : NO_PLACE;
  }

  #massAt(steps: number): number {
    const perSigma = this.#step / this.#sigmas[0];
    this.#byDistance[steps] ??= gaussMass((steps - 0.5) * perSigma, (steps + 0.5) * perSigma);
    return this.#byDistance[steps];
  }

  #mass(code: number, from: number, to: number): number {
    const sigma = this.#sigmas[code];
    return gaussMass((from - this.#centres[code]) / sigma, (to - this.#centres[code]) / sigma);
  }

  #logProbability(code: number, from: number, to: number): number {
    const { low, high } = this.#kernels;
    return this.#logMass(code, from, to) - this.#logMass(code, low, high);
  }

  #logMass(code: number, from: number, to: number): number {
    const sigma = this.#sigmas[code];
    return logGaussMass((from - this.#centres[code]) / sigma, (to - this.#centres[code]) / sigma);
  }
}
