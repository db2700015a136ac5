/** @file Tree-structured Parzen estimator. Bergstra et al. 2011. */
import type { OptionSchemas } from '../../option-schema.js';
import { RandomSampler } from '../random-sampler.js';

/** Options of `TpeSampler`; ranges and defaults stand in `tpeOptions`. */
export interface TpeSamplerOptions {
  readonly startupTrials?: number;
  readonly candidates?: number;
  readonly multivariate?: boolean;
}
export const tpeOptions = {
  startupTrials: { type: 'integer', default: 10, minimum: 0, description: 'Trials drawn at random first.' },
} as const satisfies OptionSchemas;
export class TpeSampler extends RandomSampler {
  constructor(_options: TpeSamplerOptions = {}) {
    super();
  }
}
