import { InvalidInputError } from '#primitives';
import { type OptionConflict, type OptionSchemas, parseOptions } from '../option-schema.js';
import { HyperbandPruner, hyperbandConflict, hyperbandOptions } from './hyperband-pruner.js';
import { MedianPruner, medianOptions } from './median-pruner.js';
import { NopPruner } from './nop-pruner.js';
import { ParetoPruner, paretoOptions } from './pareto-pruner.js';
import { PatientPruner, patientOptions } from './patient-pruner.js';
import { PercentilePruner, percentileOptions } from './percentile-pruner.js';
import type { Pruner } from './pruner.js';
import {
  SuccessiveHalvingPruner,
  successiveHalvingConflict,
  successiveHalvingOptions,
} from './successive-halving-pruner.js';
import { ThresholdPruner, thresholdConflict, thresholdOptions } from './threshold-pruner.js';
import { WilcoxonPruner, wilcoxonOptions } from './wilcoxon-pruner.js';

/** A pruner that a study can name. */
export interface PrunerEntry {
  readonly name: string;
  /** One sentence for the documentation pages. */
  readonly summary: string;
  readonly options: OptionSchemas;
  /** Options that are right each and wrong together. @default none */
  readonly conflict?: (options: Record<string, never>) => OptionConflict | undefined;
  /**
   * @param options Complete and valid, as `parseOptions` returns them. @param path Where they stand in the request.
   * @throws {InvalidInputError} if the options of a wrapped pruner are wrong.
   */
  readonly create: (options: Record<string, never>, path?: string) => Pruner;
}

const alone: readonly PrunerEntry[] = [
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
  {
    name: 'percentile',
    summary: 'Stops a trial that is not in the best quarter (or another share) of comparable trials at the same step.',
    options: percentileOptions,
    create: (options) => new PercentilePruner(options),
  },
  {
    name: 'asha',
    summary: 'Successive halving: at each rung (1, 4, 16 … steps) only the best quarter of the trials goes on.',
    options: successiveHalvingOptions,
    conflict: successiveHalvingConflict,
    create: (options) => new SuccessiveHalvingPruner(options),
  },
  {
    name: 'hyperband',
    summary: 'Successive halving in brackets that begin to stop trials at different steps.',
    options: hyperbandOptions,
    conflict: hyperbandConflict,
    create: (options) => new HyperbandPruner(options),
  },
  {
    name: 'threshold',
    summary: 'Stops a trial whose value is NaN or leaves a range.',
    options: thresholdOptions,
    conflict: thresholdConflict,
    create: (options) => new ThresholdPruner(options),
  },
  {
    name: 'wilcoxon',
    summary:
      'Stops a trial that is significantly worse than the best one, step by step; for folds or problem instances.',
    options: wilcoxonOptions,
    create: (options) => new WilcoxonPruner(options),
  },
  {
    name: 'pareto',
    summary:
      'Stops a trial when even its optimistic outcome cannot enter the feasible Pareto front, or cannot meet a constraint.',
    options: paretoOptions,
    create: (options) => new ParetoPruner(options),
  },
];

/** Every pruner, by name. A line here adds it to the API, its documentation and the shared test suite. */
export const pruners: readonly PrunerEntry[] = [
  ...alone,
  {
    name: 'patient',
    summary: 'Waits until a trial has stopped improving; then stops it, or lets another pruner decide.',
    options: {
      ...patientOptions,
      wrapped: {
        type: 'enum',
        default: null,
        values: alone.map(({ name }) => name),
        description: 'The pruner that decides about a trial that has stopped improving; null stops it at once.',
      },
      wrappedOptions: { type: 'options', default: {}, description: 'The options of the wrapped pruner.' },
    },
    conflict: ({ wrapped = null, wrappedOptions = {} }: WrappedChoice) =>
      wrapped === null && Object.keys(wrappedOptions).length > 0
        ? { name: 'wrappedOptions', value: wrappedOptions, allowed: 'empty where wrapped is null' }
        : undefined,
    create: ({ wrapped = null, wrappedOptions = {}, ...options }: WrappedChoice, path = 'pruner.options') =>
      new PatientPruner(wrapped === null ? null : create(wrapped, wrappedOptions, `${path}.wrappedOptions`), options),
  },
];

interface WrappedChoice {
  readonly wrapped?: string | null;
  readonly wrappedOptions?: Readonly<Record<string, unknown>>;
}

/**
 * The pruner of a study.
 *
 * @throws {InvalidInputError} naming `pruner.name` or the `pruner.options.…` that are wrong.
 */
export function createPruner(name: string, options: Readonly<Record<string, unknown>> = {}): Pruner {
  return create(name, options, 'pruner.options');
}

function create(name: string, options: Readonly<Record<string, unknown>>, path: string): Pruner {
  const entry = pruners.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const allowed = `one of ${pruners.map((candidate) => candidate.name).join(', ')}`;
    throw new InvalidInputError([{ field: 'pruner.name', value: name, allowed }]);
  }
  const parsed = parseOptions(entry.options, options, path) as Record<string, never>;
  const conflict = entry.conflict?.(parsed);
  if (conflict) {
    throw new InvalidInputError([
      { field: `${path}.${conflict.name}`, value: conflict.value, allowed: conflict.allowed },
    ]);
  }
  return entry.create(parsed, path);
}
