import { fitParameters, type Observations } from './fit-parameters.js';
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
  readonly observations: Observations;
  readonly fit: Fit;
  readonly process: GaussianProcess;
}

/** Models that are kept at once: the objectives and constraints of a few studies. */
const MOST_MEMORIES = 16;
/** Hyper-parameters are fitted to so many observations at most. */
const MOST_FITTED = 250;

/**
 * Fits processes, and remembers what an earlier, shorter history already gave: a result depends on the observations and
 * their order only, never on what is remembered.
 *
 * Hyper-parameters are those of a prefix whose length grows by a sixteenth at a time; the process itself always holds
 * every observation.
 */
export class ModelMemory {
  /** The last used one at the end. */
  readonly #memories: Memory[] = [];

  /**
   * One process per target, over all its observations (at least one; outputs in any unit). They share nothing and are
   * valid, also for appending to them, until the next call.
   */
  fit(targets: readonly Observations[]): FittedProcess[] {
    // Put back only at the end: two targets may begin alike.
    const memories = targets.map((observations) => this.#fitOne(observations));
    this.#memories.push(...memories);
    this.#memories.splice(0, this.#memories.length - Math.max(MOST_MEMORIES, targets.length));
    return memories.map(({ process, fit: { mean, deviation } }) => ({ process, mean, deviation }));
  }

  #fitOne(observations: Observations): Memory {
    const { memory, shared } = this.#takeClosest(observations);
    const length = observations.outputs.length;
    const size = fitSize(length);
    const isKept = memory !== undefined && memory.fit.size === size && shared >= size;
    const fit = isKept ? memory.fit : fitPrefix(observations, size);
    const process = isKept ? memory.process : new GaussianProcess(fit.parameters, observations.isCategorical);
    process.truncate(shared);
    for (let i = process.size; i < length; i++) {
      const output = (observations.outputs[i] - fit.mean) / fit.deviation;
      process.append(observations.rows[i], output, observations.weights[i]);
    }
    return { observations, fit, process };
  }

  /** Takes out the memory that shares the longest beginning with the observations, if any does. */
  #takeClosest(observations: Observations): { memory: Memory | undefined; shared: number } {
    let best = -1;
    let shared = 0;
    for (const [index, memory] of this.#memories.entries()) {
      const length = sharedLength(memory.observations, observations);
      if (length > shared) [best, shared] = [index, length];
    }
    return { memory: best < 0 ? undefined : this.#memories.splice(best, 1)[0], shared };
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

/** The length of the prefix that is fitted: all of a short history, else the last of the growing lengths. */
function fitSize(length: number): number {
  let size = Math.min(16, length);
  for (let next = size; next <= length; next += Math.max(1, next >> 4)) size = next;
  return size;
}

function fitPrefix({ rows, outputs, weights, isCategorical }: Observations, size: number): Fit {
  const all = outputs.subarray(0, size);
  const mean = all.reduce((sum, output) => sum + output, 0) / size;
  const deviation = Math.sqrt(all.reduce((sum, output) => sum + (output - mean) ** 2, 0) / size) || 1;
  const chosen = size <= MOST_FITTED ? [...all.keys()] : informative(all);
  const parameters = fitParameters({
    rows: chosen.map((index) => rows[index]),
    outputs: Float64Array.from(chosen, (index) => (outputs[index] - mean) / deviation),
    weights: Float64Array.from(chosen, (index) => weights[index]),
    isCategorical,
  });
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
