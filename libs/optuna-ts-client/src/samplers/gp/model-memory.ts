import { fitParameters, initialParameters, type Observations } from './fit-parameters.js';
import { GaussianProcess, type GpParameters } from './gaussian-process.js';

/** A process over outputs that were standardized: (output − mean)/deviation. */
export interface FittedProcess {
  readonly process: GaussianProcess;
  readonly mean: number;
  /** > 0. */
  readonly deviation: number;
}

interface Fit {
  /** Of how many observations, the first ones. */
  readonly size: number;
  readonly parameters: GpParameters;
  readonly mean: number;
  readonly deviation: number;
}

interface Memory {
  observations: Observations;
  fits: Fit[];
  current: { fit: Fit; process: GaussianProcess } | undefined;
}

/** Models that are kept at once: the objectives and constraints of a few studies. */
const MOST_MEMORIES = 16;
const FIRST_FIT = 8;
/** Hyper-parameters are fitted to so many observations at most. */
const MOST_FITTED = 300;

/**
 * Fits processes, and remembers what an earlier, shorter history already gave: a result depends on the observations and
 * their order only, never on what is remembered.
 *
 * Hyper-parameters are those of a prefix whose length grows by a sixteenth at a time, each fit starting from the one
 * before; the process itself always holds every observation.
 */
export class ModelMemory {
  /** The last used one at the end. */
  readonly #memories: Memory[] = [];

  /** The process of all observations (outputs in any unit). Valid until the next call. At least one observation. */
  fit(observations: Observations): FittedProcess {
    const { memory, shared } = this.#closest(observations);
    memory.observations = observations;
    memory.fits = memory.fits.filter(({ size }) => size <= shared);
    const length = observations.outputs.length;
    for (const size of fitSizes(length)) {
      const last = memory.fits.at(-1);
      if (last === undefined || last.size < size) memory.fits.push(fitPrefix(observations, size, last?.parameters));
    }
    const fit = memory.fits.at(-1)!;
    const process =
      memory.current?.fit === fit
        ? memory.current.process
        : new GaussianProcess(fit.parameters, observations.isCategorical);
    process.truncate(shared);
    for (let i = process.size; i < length; i++) {
      const output = (observations.outputs[i] - fit.mean) / fit.deviation;
      process.append(observations.rows[i], output, observations.weights[i]);
    }
    memory.current = { fit, process };
    return { process, mean: fit.mean, deviation: fit.deviation };
  }

  /** The memory that shares the longest beginning with the observations; an empty one if none shares enough. */
  #closest(observations: Observations): { memory: Memory; shared: number } {
    let best = -1;
    let shared = 0;
    for (const [index, memory] of this.#memories.entries()) {
      const length = sharedLength(memory.observations, observations);
      if (length > shared) [best, shared] = [index, length];
    }
    const memory: Memory =
      best < 0 ? { observations, fits: [], current: undefined } : this.#memories.splice(best, 1)[0];
    this.#memories.push(memory);
    if (this.#memories.length > MOST_MEMORIES) this.#memories.shift();
    return { memory, shared };
  }
}

/** How many of the first observations are the same. */
function sharedLength(a: Observations, b: Observations): number {
  const dimensions = a.isCategorical.length;
  if (b.isCategorical.length !== dimensions || a.isCategorical.some((is, k) => is !== b.isCategorical[k])) return 0;
  const most = Math.min(a.outputs.length, b.outputs.length);
  for (let i = 0; i < most; i++) {
    if (a.outputs[i] !== b.outputs[i] || a.weights[i] !== b.weights[i]) return i;
    for (let k = 0; k < dimensions; k++) if (a.rows[i][k] !== b.rows[i][k]) return i;
  }
  return most;
}

/** The lengths of the prefixes that are fitted, rising, up to `length`. */
function fitSizes(length: number): number[] {
  const sizes: number[] = [];
  for (let size = Math.min(FIRST_FIT, length); size <= length; size += Math.max(1, size >> 4)) sizes.push(size);
  return sizes;
}

function fitPrefix({ rows, outputs, weights, isCategorical }: Observations, size: number, start?: GpParameters): Fit {
  const all = outputs.subarray(0, size);
  const mean = all.reduce((sum, output) => sum + output, 0) / size;
  const deviation = Math.sqrt(all.reduce((sum, output) => sum + (output - mean) ** 2, 0) / size) || 1;
  const chosen = size <= MOST_FITTED ? [...all.keys()] : informative(all);
  const { parameters } = fitParameters(
    {
      rows: chosen.map((index) => rows[index]),
      outputs: Float64Array.from(chosen, (index) => (outputs[index] - mean) / deviation),
      weights: Float64Array.from(chosen, (index) => weights[index]),
      isCategorical,
    },
    start ?? initialParameters(isCategorical.length),
  );
  return { size, parameters, mean, deviation };
}

/** Indexes of the lowest outputs, where precision matters, and as many evenly spread over the others. */
function informative(outputs: Float64Array): number[] {
  const order = [...outputs.keys()].sort((a, b) => outputs[a] - outputs[b] || a - b);
  const half = MOST_FITTED / 2;
  const others = order.slice(half);
  const spread = Array.from({ length: half }, (_, k) => others[Math.floor((k * others.length) / half)]);
  return [...order.slice(0, half), ...spread].sort((a, b) => a - b);
}
