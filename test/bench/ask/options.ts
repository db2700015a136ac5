import { numberOption, readValues } from '../side/bench-options.js';
import type { Scene } from './scene.js';

/** What a person asked for. */
export interface AskOptions {
  readonly scenes: readonly Scene[];
  readonly quick: boolean;
  readonly json?: string;
  /** Python to use. @default the newest Optuna found */
  readonly python?: string;
  readonly help: boolean;
}

export const usage = `npm run bench:ask -- [options]

Asks and tells in a study that holds many trials, ours and Optuna's TPE in turn, and prints medians and ratios.

  --size N         only so many finished trials; repeatable (default: 100, 1000, 5000 and 50000)
  --objectives N   only 1 or 2; repeatable (default: both)
  --quick          few rounds, and Optuna only up to 5000 trials: under a minute
  --json FILE      also write the rows and goals
  --python PROGRAM a Python with Optuna (default: the newest on the path, or Debian's)`;

const sizes = [100, 1000, 5000, 50_000];

/**
 * Reads the command line.
 *
 * @throws {UsageError} if an option is unknown or out of range.
 */
export function parseOptions(args: readonly string[]): AskOptions {
  const { quick = false, help = false, json, python, ...values } = readValues(args, optionTypes);
  const wanted = values.size?.map((text) => numberOption('size', text, 11, 200_000)) ?? sizes;
  const objectives = values.objectives?.map((text) => numberOption('objectives', text, 1, 2) as 1 | 2) ?? [1, 2];
  const scenes = wanted.flatMap((trials) =>
    objectives.flatMap((count) => [false, true].map((constrained) => ({ trials, objectives: count, constrained }))),
  );
  return {
    scenes,
    quick,
    help,
    ...(json === undefined ? {} : { json }),
    ...(python === undefined ? {} : { python }),
  };
}

const optionTypes = {
  size: { type: 'string', multiple: true },
  objectives: { type: 'string', multiple: true },
  quick: { type: 'boolean' },
  json: { type: 'string' },
  python: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
