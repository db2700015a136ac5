import { InvalidInputError } from '#primitives';
import { type OptionSchemas, parseOptions } from '../option-schema.js';
import { MedianPruner, medianOptions } from './median-pruner.js';
import { NopPruner } from './nop-pruner.js';
import type { Pruner } from './pruner.js';

/** A pruner that a study can name. */
export interface PrunerEntry {
  readonly name: string;
  /** One sentence for the documentation pages. */
  readonly summary: string;
  readonly options: OptionSchemas;
  /** @param options Complete and valid, as `parseOptions` returns them. */
  readonly create: (options: Record<string, never>) => Pruner;
}

/** Every pruner, by name. A line here adds it to the API, its documentation and the shared test suite. */
export const pruners: readonly PrunerEntry[] = [
  {
    name: 'none',
    summary:
      'Every trial whose training begins is finished; one that violates a constraint before it is never trained.',
    options: {},
    create: () => new NopPruner(),
  },
  {
    name: 'median',
    summary: 'Stops a trial that is worse than the median of comparable trials at the same step.',
    options: medianOptions,
    create: (options) => new MedianPruner(options),
  },
];

/**
 * The pruner of a study.
 *
 * @throws {InvalidInputError} naming `pruner.name` or the `pruner.options.…` that are wrong.
 */
export function createPruner(name: string, options: Readonly<Record<string, unknown>> = {}): Pruner {
  const entry = pruners.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const allowed = `one of ${pruners.map((candidate) => candidate.name).join(', ')}`;
    throw new InvalidInputError([{ field: 'pruner.name', value: name, allowed }]);
  }
  return entry.create(parseOptions(entry.options, options, 'pruner.options') as Record<string, never>);
}
