/**
 * @file The default: a Gaussian process while trials are few, a Parzen estimator when they are many. No counterpart in
 * optuna 5.0.0 (OptunaHub has a package of that name with rules of its own).
 */
import type { Distribution } from '../distributions/distribution.js';
import { cardinality } from '../distributions/internal-representation.js';
import { completeOptions, type OptionSchemas } from '../option-schema.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from './sampler.js';

/** Options of `AutoSampler`; ranges, defaults and meanings stand in `autoOptions`. */
export interface AutoSamplerOptions {
  readonly processTrials?: number;
  readonly processParameters?: number;
}

export const autoOptions = {
  processTrials: {
    type: 'integer',
    default: 150,
    minimum: 0,
    maximum: 2000,
    description: 'Trials up to which a Gaussian process proposes; its time grows with their cube.',
  },
  processParameters: {
    type: 'integer',
    default: 20,
    minimum: 0,
    maximum: 100,
    description: 'Parameters up to which a Gaussian process proposes.',
  },
} as const satisfies OptionSchemas;

/** Beyond, the boxes above a front are too many for the process. */
const MOST_OBJECTIVES = 3;

/** Hands every question to one of two samplers; which one depends on the space, the objectives and the number of trials. */
export class AutoSampler implements Sampler {
  readonly name = 'auto';
  readonly #options: Required<AutoSamplerOptions>;

  /**
   * @param process For few trials. @param estimator For all others.
   * @throws {RangeError} if an option is outside its range.
   */
  constructor(
    private readonly process: Sampler,
    private readonly estimator: Sampler,
    options: AutoSamplerOptions = {},
  ) {
    this.#options = completeOptions(autoOptions, options);
  }

  get avoidsRepeats(): boolean {
    return true;
  }

  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    return this.#choose(context, history, space).sampleRelative(context, history, space);
  }

  sampleIndependent(context: SamplerContext, history: TrialHistory, name: string, distribution: Distribution): number {
    // What stands outside the common space has too few rows for a process.
    return this.estimator.sampleIndependent(context, history, name, distribution);
  }

  #choose(context: SamplerContext, history: TrialHistory, space: SearchSpace): Sampler {
    const { processTrials, processParameters } = this.#options;
    const parameters = Object.values(space).filter((distribution) => cardinality(distribution) > 1).length;
    if (parameters > processParameters || context.directions.length > MOST_OBJECTIVES) return this.estimator;
    return areFew(processTrials, context, history) ? this.process : this.estimator;
  }
}

/** Whether a model has to take in so many trials at most: those with a result and those that run. */
function areFew(most: number, context: SamplerContext, history: TrialHistory): boolean {
  let count = 0;
  for (const { number, state } of history) {
    if (number !== context.trialNumber && state !== 'FAIL' && state !== 'WAITING' && ++count > most) return false;
  }
  return true;
}
