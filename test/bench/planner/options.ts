import { numberOption, readValues, UsageError } from '../side/bench-options.js';
import { strategies } from './settings.js';
import { worlds } from './world.js';

/** What a person asked for. */
export interface PlannerBenchOptions {
  /** Names of worlds. */
  readonly worlds: readonly string[];
  /** Names of strategies. */
  readonly strategies: readonly string[];
  /** Studies of every strategy in every world. */
  readonly seeds: number;
  readonly workers: number;
  /** Trials of the histories that a plan is timed on; none where empty. */
  readonly histories: readonly number[];
  readonly json?: string;
  readonly help: boolean;
}

export const usage = `npm run bench:planner -- [options]

Simulates studies of a made-up dataset on a clock that is only counted: the planner, the planner without each of its parts,
and samplers that do not know what they search. Prints the feasible hypervolume (true values of the front) after parts of
the time, and what a plan costs on long histories.

  --world NAME      only this one; repeatable (default: all)
  --strategy NAME   only this one; repeatable (default: all)
  --seeds N         studies of each strategy in each world (default: 20, with --quick 3)
  --workers N       workers of each study (default: 1)
  --quick           the first world, the planner beside auto and random, shorter histories: under a minute
  --no-timing       leave out what a plan costs
  --json FILE       also write the rows and goals`;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if an option is unknown or out of range.
 */
export function parseOptions(args: readonly string[]): PlannerBenchOptions {
  const values = readValues(args, optionTypes);
  const { quick = false, help = false, json } = values;
  const check = (option: string, names: readonly string[], known: readonly string[]) => {
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new UsageError(`--${option} is ${unknown}, must be one of ${known.join(', ')}`);
    return names;
  };
  const allWorlds = worlds.map(({ name }) => name);
  const allStrategies = strategies.map(({ name }) => name);
  return {
    worlds: check('world', values.world ?? (quick ? allWorlds.slice(0, 1) : allWorlds), allWorlds),
    strategies: check('strategy', values.strategy ?? (quick ? quickStrategies : allStrategies), allStrategies),
    seeds: numberOption('seeds', values.seeds ?? (quick ? '3' : '20'), 1, 1000),
    workers: numberOption('workers', values.workers ?? '1', 1, 64),
    histories: values['no-timing'] ? [] : quick ? [100, 1000] : [100, 1000, 5000],
    help,
    ...(json === undefined ? {} : { json }),
  };
}

const quickStrategies = ['retune', 'auto + pareto', 'random + pareto'];

const optionTypes = {
  world: { type: 'string', multiple: true },
  strategy: { type: 'string', multiple: true },
  seeds: { type: 'string' },
  workers: { type: 'string' },
  quick: { type: 'boolean' },
  'no-timing': { type: 'boolean' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
