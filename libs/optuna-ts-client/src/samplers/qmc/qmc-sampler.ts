/**
 * @file Points that fill the space evenly, whatever the results: scrambled Sobol or Halton. Mirrors
 * optuna/samplers/_qmc.py 5.0.0, where choices have a coordinate as well (3.1 drew them independently).
 * Differs: scrambled unless told otherwise; the seed is the study's; a trial's number says which point it is, so that
 * parallel workers neither repeat nor leave out one; the space is the one asked for, from the first trial on.
 */
import type { Distribution } from '../../distributions/distribution.js';
import { cardinality, internalAt } from '../../distributions/internal-representation.js';
import { completeOptions, type OptionSchemas } from '../../option-schema.js';
import type { SearchSpace } from '../../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from '../sampler.js';
import { uniformDraw } from '../uniform-draw.js';
import { fromUnit } from '../unit-interval.js';
import { HALTON_DIMENSIONS, haltonCoordinate } from './halton-sequence.js';
import { SOBOL_DIMENSIONS, scrambledSobolCoordinate, sobolCoordinate } from './sobol-sequence.js';

/** Options of `QmcSampler`; ranges, defaults and meanings stand in `qmcOptions`. */
export interface QmcSamplerOptions {
  readonly sequence?: 'sobol' | 'halton';
  readonly scramble?: boolean;
}

export const qmcOptions = {
  sequence: {
    type: 'enum',
    default: 'sobol',
    values: ['sobol', 'halton'],
    description: 'Low-discrepancy sequence; Sobol is evenest when the number of trials is a power of two.',
  },
  scramble: {
    type: 'boolean',
    default: true,
    description: 'Randomize by the seed of the study. Without it the first trial is the lower corner of the space.',
  },
} as const satisfies OptionSchemas;

/** The sampler; holds options only, so one instance may serve many studies. */
export class QmcSampler implements Sampler {
  readonly name = 'qmc';
  readonly #options: Required<QmcSamplerOptions>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: QmcSamplerOptions = {}) {
    this.#options = completeOptions(qmcOptions, options);
  }

  /** Parameters by name, one coordinate each; those beyond the 64th are left to `sampleIndependent`. */
  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    const index = pointIndex(context, history);
    const params: Record<string, number> = {};
    // What is decided already has its coordinates before these: a conditional parameter does not repeat its parent's.
    let dimension = Object.keys(context.fixed ?? {}).length;
    for (const name of Object.keys(space).sort()) {
      if (cardinality(space[name]) === 1) params[name] = internalAt(space[name], 0);
      else if (dimension < Math.min(SOBOL_DIMENSIONS, HALTON_DIMENSIONS)) {
        params[name] = fromUnit(space[name], this.#coordinate(context, index, dimension++));
      }
    }
    return params;
  }

  sampleIndependent(context: SamplerContext, _history: TrialHistory, name: string, distribution: Distribution): number {
    return uniformDraw(distribution, context.rng.fork(`qmc:${name}`));
  }

  #coordinate({ studyRng }: SamplerContext, index: number, dimension: number): number {
    const { sequence, scramble } = this.#options;
    const rng = scramble ? studyRng.fork(`qmc:${sequence}:${dimension}`) : undefined;
    if (sequence === 'halton') return haltonCoordinate(index, dimension, rng);
    return rng === undefined ? sobolCoordinate(index, dimension) : scrambledSobolCoordinate(index, dimension, rng);
  }
}

/**
 * Which point of the sequence the trial takes: its number, less the trials before it that took none because they were
 * enqueued or come from an earlier study. Trials are numbered as they are made, so it never changes afterwards.
 */
function pointIndex({ trialNumber }: SamplerContext, history: TrialHistory): number {
  let others = 0;
  for (const { number, systemAttrs, weight = 1 } of history) {
    const tookNone = systemAttrs.fixed_params !== undefined || weight < 1;
    if (tookNone && number >= 0 && number < trialNumber) others++;
  }
  return trialNumber - others;
}
