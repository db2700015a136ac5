import { createSampler, type OptionSchemas, type SamplerEntry, samplers } from '#optuna-ts-client';
import { InvalidInputError } from '#primitives';
import { parseRetuneOptions, RETUNE, retuneOptions } from './planner/retune-options.js';

/** A sampler that a study can name, as it is listed and checked. */
export type StudySampler = Pick<SamplerEntry, 'name' | 'summary' | 'severalObjectives' | 'conditionalSpaces'> & {
  readonly options: OptionSchemas;
};

/** The planner, which knows what it searches, and the samplers of `#optuna-ts-client`, which do not. */
export const studySamplers: readonly StudySampler[] = [
  {
    name: RETUNE,
    summary:
      'The default: trains a few epochs at a time wherever they are expected to add most to the feasible front per second.',
    options: retuneOptions,
  },
  ...samplers,
];

/** @throws {InvalidInputError} naming `sampler.name` or the `sampler.options.…` that are wrong. */
export function checkSampler(name: string, options: Readonly<Record<string, unknown>>): void {
  if (studySamplers.every((sampler) => sampler.name !== name)) {
    const allowed = `one of ${studySamplers.map((sampler) => sampler.name).join(', ')}`;
    throw new InvalidInputError([{ field: 'sampler.name', value: name, allowed }]);
  }
  if (name === RETUNE) parseRetuneOptions(options);
  else createSampler(name, options);
}
