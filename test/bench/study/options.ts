import { numberOption, readValues, UsageError } from '../side/bench-options.js';
import { type OurSide, ours, withoutSwitch } from './our-side.js';
import { type ScriptSetting, scriptSettings } from './script-setting.js';
import { retuneSwitches } from './switches.js';

/** What a person asked for. */
export interface BenchOptions {
  /** Ours, in the order of the table. */
  readonly ours: readonly OurSide[];
  readonly scripts: readonly ScriptSetting[];
  readonly seeds: number;
  /** Of one search; undefined: those of the demo's study. */
  readonly seconds?: number;
  readonly quick: boolean;
  /** Measures the generated manifest instead of comparing. */
  readonly largeManifest: boolean;
  /** Pictures of that manifest. */
  readonly images: number;
  /** Folder for curves and the plot. */
  readonly out?: string;
  readonly json?: string;
  /** Python to use. @default the newest Optuna found */
  readonly python?: string;
  readonly help: boolean;
}

export const usage = `npm run bench:study -- [options]

Searches the demo's space on the demo's pictures, our service and the script a user would write (Optuna + PyTorch eager) in
turn, for equally long; prints what each reached, when, and how long ours took to reach the script's.

  --seeds N         searches of every side (default: 3, with --quick 1)
  --seconds N       of each search (default: the demo's timeoutSeconds; with --quick 40)
  --quick           one seed, 40 s, of the script the constrained setting alone: two minutes
  --side NAME       only this one; repeatable: ours, ${scriptSettings.join(', ')} (default: all)
  --sampler NAME    ours with this sampler (default: the service's own default)
  --options JSON    of that sampler
  --pruner NAME     ours with this pruner (default: the service's own default)
  --ablations       ours again without each switch of the sampler retune: ${retuneSwitches.join(', ')}
  --out FOLDER      also write curves.csv, trials.csv and curves.svg
  --json FILE       also write rows and goals
  --python PROGRAM  a Python with optuna, torch and torchvision (default: the newest Optuna on the path, or Debian's)
  --large-manifest  no comparison: what 100,000 pictures × 21 networks cost in manifest, tables and cache index
  --images N        of that manifest (default: 100000)`;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if an option is unknown or out of range.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = readValues(args, optionTypes);
  const { quick = false, help = false, json, out, python } = values;
  const seconds = values.seconds ?? (quick ? '40' : undefined);
  const sides = values.side?.map(knownSide);
  const options = samplerOptions(values.sampler, values.options);
  const full = ours({ sampler: values.sampler, options, pruner: values.pruner });
  const wanted = sides === undefined || sides.includes('ours') ? [full] : [];
  return {
    ours: values.ablations ? [...wanted, ...retuneSwitches.map(withoutSwitch)] : wanted,
    scripts: scriptSettings.filter((name) => sides?.includes(name) ?? (!quick || name === 'constrained')),
    seeds: numberOption('seeds', values.seeds ?? (quick ? '1' : '3'), 1, 100),
    ...(seconds === undefined ? {} : { seconds: numberOption('seconds', seconds, 1, 86_400, false) }),
    quick,
    largeManifest: values['large-manifest'] ?? false,
    images: numberOption('images', values.images ?? '100000', 100, 10_000_000),
    ...(out === undefined ? {} : { out }),
    ...(json === undefined ? {} : { json }),
    ...(python === undefined ? {} : { python }),
    help,
  };
}

const optionTypes = {
  seeds: { type: 'string' },
  seconds: { type: 'string' },
  quick: { type: 'boolean' },
  side: { type: 'string', multiple: true },
  sampler: { type: 'string' },
  options: { type: 'string' },
  pruner: { type: 'string' },
  ablations: { type: 'boolean' },
  out: { type: 'string' },
  json: { type: 'string' },
  python: { type: 'string' },
  'large-manifest': { type: 'boolean' },
  images: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function knownSide(name: string): 'ours' | ScriptSetting {
  const known = ['ours', ...scriptSettings] as const;
  const side = known.find((one) => one === name);
  if (side !== undefined) return side;
  throw new UsageError(`--side is ${name}, must be one of ${known.join(', ')}`);
}

function samplerOptions(sampler: string | undefined, text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  if (sampler === undefined) throw new UsageError(`--options is ${text}, needs --sampler beside it`);
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError(`--options is ${text}, must be a JSON object such as {"startupTrials": 6}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
