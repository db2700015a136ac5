import type { OptionSchemas } from '../../option-schema.js';
import type { BandwidthRule } from './bandwidths.js';
import type { GammaRule } from './split-trials.js';
import type { GoodWeights } from './trial-weights.js';

/** Options of `TpeSampler`; ranges, defaults and meanings stand in `tpeOptions`. */
export interface TpeSamplerOptions {
  readonly startupTrials?: number;
  readonly candidates?: number;
  readonly priorWeight?: number;
  readonly multivariate?: boolean;
  readonly group?: boolean;
  readonly bandwidth?: BandwidthRule;
  readonly gamma?: GammaRule;
  readonly weights?: GoodWeights;
  readonly constantLiar?: boolean;
  readonly avoidRepeats?: boolean;
}

export const tpeOptions = {
  startupTrials: {
    type: 'integer',
    default: 10,
    minimum: 0,
    description: 'Trials drawn at random before the model is used.',
  },
  candidates: {
    type: 'integer',
    default: 24,
    minimum: 1,
    maximum: 256,
    description: 'Points drawn from the model of the good trials, of which the best is taken.',
  },
  priorWeight: {
    type: 'number',
    default: 1,
    minimum: 1e-6,
    description: 'Weight of the uniform prior beside one trial.',
  },
  multivariate: { type: 'boolean', default: true, description: 'Model all parameters together instead of one by one.' },
  group: {
    type: 'boolean',
    default: false,
    description: 'Model only those parameters together that always appear together; needs `multivariate`.',
  },
  bandwidth: {
    type: 'enum',
    default: 'sample-size',
    values: ['sample-size', 'neighbours'],
    description: 'Width of the kernels of the multivariate model.',
  },
  gamma: {
    type: 'enum',
    default: 'capped',
    values: ['capped', 'uncapped'],
    description:
      'Whether a tenth of the trials counts as good without limit where there are several objectives, or 25 at most.',
  },
  weights: {
    type: 'enum',
    default: 'hypervolume',
    values: ['hypervolume', 'equal'],
    description:
      'How good trials count where there are several objectives: by what each adds to the front, or all alike.',
  },
  constantLiar: {
    type: 'boolean',
    default: true,
    description: 'Count running trials as bad, so that parallel workers spread out.',
  },
  avoidRepeats: {
    type: 'boolean',
    default: true,
    description: 'Never propose a configuration twice while others are untried.',
  },
} as const satisfies OptionSchemas;
