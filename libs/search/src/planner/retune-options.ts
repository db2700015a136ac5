import { type OptionSchemas, parseOptions } from '#optuna-ts-client';
import type { StudySpec } from '../study.js';

/** Name of the planner where studies name their sampler. */
export const RETUNE = 'retune';

/** Options of the planner; ranges, defaults and meanings stand in `retuneOptions`. */
export interface RetuneOptions {
  readonly profileGate: boolean;
  readonly featureCache: boolean;
  readonly sharing: boolean;
  readonly costAware: boolean;
  readonly paretoPruning: boolean;
  readonly finalists: number;
  readonly finalistRepeats: number;
  readonly minimumGain: number;
}

export const retuneOptions = {
  profileGate: {
    type: 'boolean',
    default: true,
    description:
      'Whether every architecture is measured before anything is trained, and one that misses a constraint is never trained.',
  },
  featureCache: {
    type: 'boolean',
    default: true,
    description: 'Whether what frozen layers compute of a picture is kept for all trials.',
  },
  sharing: {
    type: 'boolean',
    default: true,
    description: 'Whether a trial goes on from the equal one of fewer epochs instead of beginning anew.',
  },
  costAware: {
    type: 'boolean',
    default: true,
    description: 'Whether the expected gain is divided by the predicted seconds; without, the largest gain is next.',
  },
  paretoPruning: {
    type: 'boolean',
    default: true,
    description: 'Whether the pruner of the study is asked within a trial; without, every trial ends at its epochs.',
  },
  finalists: {
    type: 'integer',
    default: 3,
    minimum: 0,
    maximum: 20,
    description: 'Trials of the front, best first, that the last part of the budget repeats with other seeds.',
  },
  finalistRepeats: {
    type: 'integer',
    default: 2,
    minimum: 1,
    maximum: 10,
    description: 'How often each of them is repeated, as far as the budget allows.',
  },
  minimumGain: {
    type: 'number',
    default: 1e-4,
    minimum: 0,
    maximum: 1,
    description: 'The study is over when no trial is expected to add this part of the hypervolume of the front.',
  },
} as const satisfies OptionSchemas;

/** The switches of a study: all on where its sampler is another one. */
export function retuneOptionsOf({ sampler }: Pick<StudySpec, 'sampler'>): RetuneOptions {
  return parseRetuneOptions(sampler.name === RETUNE ? sampler.options : {});
}

/** @throws {InvalidInputError} naming every option that is unknown or outside its range. */
export function parseRetuneOptions(options: Readonly<Record<string, unknown>>): RetuneOptions {
  return parseOptions(retuneOptions, options, 'sampler.options') as unknown as RetuneOptions;
}
