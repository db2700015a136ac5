import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type FieldProblem, InvalidInputError } from '#primitives';
import { allowedDevices, type DeviceChoice, parseDevices } from './devices/parse-devices.js';
import { type EngineCommand, engineOptions, readEngineCommand } from './engine-command.js';
import { defaultFeatureBytes } from './shrink-folder.js';
import { readWeightsCommand, type WeightsCommand, weightsOptions } from './weights-command.js';

/** What the process was asked to do. */
export type Command =
  | {
      readonly name: 'run';
      readonly api: string;
      readonly data: string;
      readonly workerId: string;
      readonly token: string;
      /** A claiming worker for each. */
      readonly devices: DeviceChoice;
      /** What kept features may take on disk. */
      readonly featureBytes: number;
      /** What child processes get to see: everything but the secrets. */
      readonly childEnvironment: Environment;
      readonly json: boolean;
    }
  | {
      readonly name: 'draw';
      readonly kind: 'insects';
      readonly folder: string;
      readonly seed: number;
      readonly json: boolean;
    }
  | {
      readonly name: 'pretrain';
      readonly architectures: readonly string[];
      /** Null: as the recipe says. */
      readonly imagesPerClass: number | null;
      readonly epochs: number | null;
      readonly imageSize: number;
      readonly seed: number;
      readonly out: string;
      /** Null: all cores. */
      readonly threads: number | null;
      readonly json: boolean;
    }
  | {
      readonly name: 'doctor';
      readonly data: string;
      /** What probing child processes get to see. */
      readonly childEnvironment: Environment;
      readonly json: boolean;
    }
  | WeightsCommand
  | EngineCommand
  | { readonly name: 'help' };

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `help` prints. */
export const usage = `Usage: worker <command> [options]

  run --api URL --data DIR [--name ID]   claim trials and exports until told to stop
      [--devices auto|cpu|webgpu:0|cuda:0,1|tfjs-node|...]  one worker for each (default: RETUNE_DEVICES, else auto)
  draw insects FOLDER [--seed N]         draw the demo pictures
  pretrain [--architecture NAME]... [--images-per-class N] [--epochs N] [--image-size PIXELS] [--seed N] [--out DIR] [--threads N]
                                         train weights on the drawn source task, into ./weights unless told otherwise
  weights fetch NAME|URL                 download pretrained weights into the data folder
          [--version V2] [--from URL|DIR] [--keep]; for a URL: --architecture NAME --name NAME --sha256 HEX [--labels FILE]
  weights import FILE|DIR                the same from a file, or a folder of published files
          [--architecture NAME] [--name NAME] [--labels FILE]
  weights verify [NAME]...               read all weights again and check them
  weights export NAME                    write weights as a folder with predict.mjs
  engine link-tensorflow FOLDER          build TensorFlow for Node.js against the libraries of a Python wheel
          [--gpu] [--package DIR] [--check]
  doctor                                 say what this machine can do

  --data DIR the data folder (default: RETUNE_DATA, else ./data)
  RETUNE_FEATURE_CACHE_BYTES         bytes that kept features of frozen layers may take there (default: 20 GiB)

  --json    print JSON lines
`;

const options = {
  api: { type: 'string' },
  data: { type: 'string' },
  name: { type: 'string' },
  devices: { type: 'string' },
  seed: { type: 'string' },
  architecture: { type: 'string', multiple: true },
  'images-per-class': { type: 'string' },
  epochs: { type: 'string' },
  'image-size': { type: 'string' },
  out: { type: 'string' },
  threads: { type: 'string' },
  version: { type: 'string' },
  from: { type: 'string' },
  sha256: { type: 'string' },
  labels: { type: 'string' },
  keep: { type: 'boolean' },
  package: { type: 'string' },
  gpu: { type: 'boolean' },
  check: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const allowed: Readonly<Record<string, readonly string[]>> = {
  run: ['api', 'data', 'name', 'devices', 'json'],
  draw: ['seed', 'json'],
  pretrain: ['architecture', 'images-per-class', 'epochs', 'image-size', 'seed', 'out', 'threads', 'json'],
  weights: weightsOptions,
  engine: engineOptions,
  doctor: ['data', 'json'],
};

/**
 * Reads arguments and environment once; the only place of this app that does.
 *
 * @throws {InvalidInputError} naming every mistake.
 */
export function readCommand(argv: readonly string[], environment: Environment): Command {
  const problems: FieldProblem[] = [];
  const parsed = parse(argv);
  const { values, positionals } = parsed;
  const name = positionals[0] ?? 'help';
  if (values.help || name === 'help') return { name: 'help' };
  if (!(name in allowed)) {
    throw new InvalidInputError([{ field: 'command', value: name, allowed: Object.keys(allowed).join(', ') }]);
  }
  for (const option of Object.keys(values)) {
    if (!allowed[name]?.includes(option)) {
      problems.push({
        field: `--${option}`,
        value: values[option as keyof typeof values],
        allowed: `absent for ${name}`,
      });
    }
  }
  const command = Object.freeze(build(name, parsed, environment, problems));
  if (problems.length > 0) throw new InvalidInputError(problems);
  return command;
}

type Parsed = ReturnType<typeof parse>;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new InvalidInputError([
      { field: 'arguments', value: argv.join(' '), allowed: `as the usage says (${(error as Error).message})` },
    ]);
  }
}

function build(
  name: string,
  { values, positionals }: Parsed,
  environment: Environment,
  problems: FieldProblem[],
): Command {
  const json = values.json ?? false;
  const integer = (field: keyof typeof values & string, fallback: number, low: number, high: number): number => {
    const text = values[field] as string | undefined;
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= low && value <= high && text.trim() !== '') return value;
    problems.push({ field: `--${field}`, value: text, allowed: `an integer in [${low}, ${high}]` });
    return fallback;
  };
  const data = resolve(values.data ?? environment.RETUNE_DATA ?? 'data');
  const extra = positionals.slice(name === 'draw' ? 3 : 1);
  if (extra.length > 0 && name !== 'weights' && name !== 'engine')
    problems.push({ field: 'arguments', value: extra.join(' '), allowed: 'nothing more' });
  switch (name) {
    case 'run':
      return {
        name,
        api: serviceUrl(values.api, problems),
        data,
        workerId: workerName(values.name, problems),
        token: workerToken(data, environment, problems),
        devices: deviceChoice(values.devices, environment, problems),
        featureBytes: featureBytes(environment, problems),
        childEnvironment: withoutSecrets(environment),
        json,
      };
    case 'draw': {
      const [, kind, folder] = positionals;
      if (kind !== 'insects') problems.push({ field: 'what to draw', value: kind, allowed: 'insects' });
      if (!folder) problems.push({ field: 'folder', allowed: 'a path' });
      return { name, kind: 'insects', folder: resolve(folder ?? '.'), seed: integer('seed', 0, 0, 4294967295), json };
    }
    case 'pretrain':
      return {
        name,
        architectures: values.architecture ?? [],
        imagesPerClass: values['images-per-class'] === undefined ? null : integer('images-per-class', 1, 1, 100_000),
        epochs: values.epochs === undefined ? null : integer('epochs', 1, 1, 10_000),
        imageSize: integer('image-size', 64, 32, 512),
        seed: integer('seed', 0, 0, 4294967295),
        out: resolve(values.out ?? 'weights'),
        threads: values.threads === undefined ? null : integer('threads', 1, 1, 1024),
        json,
      };
    case 'weights': {
      const mirror = environment.RETUNE_WEIGHTS_MIRROR || null;
      return readWeightsCommand(positionals.slice(1), values, { data, json, mirror }, problems);
    }
    case 'engine':
      return readEngineCommand(positionals.slice(1), values, { data, json }, problems);
    default:
      return { name: 'doctor', data, childEnvironment: withoutSecrets(environment), json };
  }
}

function serviceUrl(text: string | undefined, problems: FieldProblem[]): string {
  if (text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  problems.push({ field: '--api', value: text, allowed: 'the address of the service, e.g. http://127.0.0.1:4680' });
  return '';
}

function workerName(text: string | undefined, problems: FieldProblem[]): string {
  if (text === undefined) return `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`.slice(0, 120);
  if (!/^[\w.:@-]{1,120}$/.test(text)) {
    problems.push({ field: '--name', value: text, allowed: '1 to 120 letters, digits or any of _ . : @ -' });
  }
  return text;
}

function deviceChoice(text: string | undefined, environment: Environment, problems: FieldProblem[]): DeviceChoice {
  const value = text ?? (environment.RETUNE_DEVICES || 'auto');
  const choice = parseDevices(value);
  if (choice !== null) return choice;
  problems.push({ field: text === undefined ? 'RETUNE_DEVICES' : '--devices', value, allowed: allowedDevices });
  return 'auto';
}

function featureBytes({ RETUNE_FEATURE_CACHE_BYTES: text }: Environment, problems: FieldProblem[]): number {
  if (!text) return defaultFeatureBytes;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  problems.push({ field: 'RETUNE_FEATURE_CACHE_BYTES', value: text, allowed: 'an integer in [0, 999999999999999]' });
  return defaultFeatureBytes;
}

function withoutSecrets({ RETUNE_WORKER_TOKEN: _, DATABASE_URL: __, ...rest }: Environment): Environment {
  return rest;
}

/** From the environment, else from the file the service makes at its first start. */
function workerToken(data: string, environment: Environment, problems: FieldProblem[]): string {
  const given = environment.RETUNE_WORKER_TOKEN?.trim();
  if (given) return given;
  const file = join(data, 'worker-token');
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token !== '') return token;
  } catch {
    // Reported below, together with the other mistakes.
  }
  problems.push({
    field: 'RETUNE_WORKER_TOKEN',
    allowed: `set, or the service's token must be readable at ${file} (the service makes it at its first start)`,
  });
  return '';
}
