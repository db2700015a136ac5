import { numberOption, readValues, UsageError } from '../side/bench-options.js';
import { ourSettings, peerSettings } from './settings.js';

/** What a person asked for. */
export interface BenchOptions {
  /** Names of problems, empty for all. */
  readonly problems: readonly string[];
  /** Names of settings, ours and Optuna's, empty for all. */
  readonly samplers: readonly string[];
  /** Searches of every sampler on every problem. @default each problem's own */
  readonly seeds?: number;
  readonly quick: boolean;
  /** Programs, each a Python with Optuna; none with `--no-peers`. */
  readonly pythons: readonly string[];
  /** File with figures of peers. */
  readonly peers?: string;
  /** Folder with LCBench's model.onnx. */
  readonly lcbench: string;
  readonly json?: string;
  readonly help: boolean;
}

export const usage = `npm run bench:samplers -- [options]

Searches with our samplers and Optuna's on the same problems, the same number of trials and of seeds; prints means and
standard errors.

  --problem NAME    only this one; repeatable (default: all)
  --sampler NAME    only this setting, of ours and of Optuna's; repeatable (default: all)
  --seeds N         searches of each sampler on each problem (default: 10 or 20, with --quick 2)
  --quick           two problems, our default and random, and of Optuna tpe-multivariate: under a minute
  --python PROGRAM  a Python with Optuna; repeatable (default: python3 and Debian's /usr/bin/python3)
  --no-peers        ours alone, but for what --peers knows
  --peers FILE      take Optuna's figures from there as far as it has them, and keep there what is measured
  --lcbench FOLDER  has LCBench's model.onnx (default: $RETUNE_LCBENCH, or ../shared/benchmarks/lcbench)
  --json FILE       also write the rows and goals`;

/** One with two objectives and a constraint, one continuous. */
const quickProblems = ['surrogate', 'hartmann6'] as const;
const quickSamplers = ['auto', 'random', 'tpe-multivariate'] as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if an option is unknown or out of range.
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv = {}): BenchOptions {
  const values = readValues(args, optionTypes);
  const { quick = false, help = false, json, peers } = values;
  const known = [...new Set([...ourSettings.map(({ name }) => name), ...peerSettings])];
  const unknown = values.sampler?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`--sampler is ${unknown}, must be one of ${known.join(', ')}`);
  const seeds = values.seeds ?? (quick ? '2' : undefined);
  return {
    problems: values.problem ?? (quick ? quickProblems : []),
    samplers: values.sampler ?? (quick ? quickSamplers : []),
    ...(seeds === undefined ? {} : { seeds: numberOption('seeds', seeds, 1, 1000) }),
    quick,
    help,
    pythons: values['no-peers'] ? [] : (values.python ?? ['python3', '/usr/bin/python3']),
    lcbench: values.lcbench ?? environment.RETUNE_LCBENCH ?? '../shared/benchmarks/lcbench',
    ...(peers === undefined ? {} : { peers }),
    ...(json === undefined ? {} : { json }),
  };
}

const optionTypes = {
  problem: { type: 'string', multiple: true },
  sampler: { type: 'string', multiple: true },
  seeds: { type: 'string' },
  quick: { type: 'boolean' },
  python: { type: 'string', multiple: true },
  'no-peers': { type: 'boolean' },
  peers: { type: 'string' },
  lcbench: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
