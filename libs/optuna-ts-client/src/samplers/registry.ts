import { InvalidInputError } from '#primitives';
import { type OptionSchemas, parseOptions } from '../option-schema.js';
import { AutoSampler, autoOptions } from './auto-sampler.js';
import { CmaesSampler, cmaesOptions } from './cmaes/cmaes-sampler.js';
import { GpSampler, gpOptions } from './gp/gp-sampler.js';
import { GridSampler, gridOptions } from './grid/grid-sampler.js';
import { Nsga2Sampler, nsga2Options } from './nsga2/nsga2-sampler.js';
import { QmcSampler, qmcOptions } from './qmc/qmc-sampler.js';
import { RandomSampler } from './random-sampler.js';
import type { Sampler } from './sampler.js';
import { tpeOptions } from './tpe/tpe-options.js';
import { TpeSampler } from './tpe/tpe-sampler.js';

/** A sampler that a study can name. */
export interface SamplerEntry {
  readonly name: string;
  /** One sentence for the documentation pages. */
  readonly summary: string;
  readonly options: OptionSchemas;
  /** Whether it takes a study with several objectives. @default {true} */
  readonly severalObjectives?: boolean;
  /** Whether it takes a space in which parameters depend on others. @default {true} */
  readonly conditionalSpaces?: boolean;
  /** @param options Complete and valid, as `parseOptions` returns them. */
  readonly create: (options: Record<string, never>) => Sampler;
}

/** Every sampler, by name. A line here adds it to the API, its documentation and the shared test suite. */
export const samplers: readonly SamplerEntry[] = [
  {
    name: 'random',
    summary: 'Uniform draws, independent of all results.',
    options: {},
    create: () => new RandomSampler(),
  },
  {
    name: 'tpe',
    summary: 'Tree-structured Parzen estimator: draws near the good trials, away from the others.',
    options: tpeOptions,
    create: (options) => new TpeSampler(options),
  },
  {
    name: 'gp',
    summary: 'Gaussian processes: the point that is expected to improve most. For few trials that take long.',
    options: gpOptions,
    create: (options) => new GpSampler(options),
  },
  {
    name: 'grid',
    summary: 'Every combination of the values once, in random order; the study ends when all are tried.',
    options: gridOptions,
    conditionalSpaces: false,
    create: (options) => new GridSampler(options),
  },
  {
    name: 'qmc',
    summary: 'Scrambled Sobol or Halton points: fill the space more evenly than chance, independent of all results.',
    options: qmcOptions,
    create: (options) => new QmcSampler(options),
  },
  {
    name: 'nsga2',
    summary: 'Genetic search: crosses and mutates the best trials by rank and crowding; for large budgets.',
    options: nsga2Options,
    create: (options) => new Nsga2Sampler(options),
  },
  {
    name: 'cmaes',
    summary: 'CMA-ES: learns the shape of the valley; for one objective and parameters that are mostly numbers.',
    options: cmaesOptions,
    severalObjectives: false,
    create: (options) => new CmaesSampler(options),
  },
  {
    name: 'auto',
    summary: 'Gaussian processes while trials are few, the Parzen estimator when they are many.',
    options: autoOptions,
    create: (options) => new AutoSampler(new GpSampler(), new TpeSampler(), options),
  },
];

/**
 * The sampler of a study.
 *
 * @throws {InvalidInputError} naming `sampler.name` or the `sampler.options.…` that are wrong.
 */
export function createSampler(name: string, options: Readonly<Record<string, unknown>> = {}): Sampler {
  const entry = samplers.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const allowed = `one of ${samplers.map((candidate) => candidate.name).join(', ')}`;
    throw new InvalidInputError([{ field: 'sampler.name', value: name, allowed }]);
  }
  return entry.create(parseOptions(entry.options, options, 'sampler.options') as Record<string, never>);
}
