import { findCard } from '#model-zoo';
import { knownNetwork, numberOption, readValues, UsageError } from '../side/bench-options.js';
import { type Kind, kinds, type Scene } from './workload.js';

/** A scene and the rows wanted of it. */
export interface PlannedScene extends Scene {
  readonly kinds: readonly Kind[];
}

/** What a person asked for. */
export interface BenchOptions {
  readonly scenes: readonly PlannedScene[];
  readonly quick: boolean;
  readonly json?: string;
  /** Python to use. @default the newest torch found */
  readonly python?: string;
  /** Of each side. */
  readonly memoryGiB: number;
  /** Where our engine keeps what compiling made. @default nowhere: every row compiles anew */
  readonly cache?: string;
  /** Network to profile instead of comparing. */
  readonly profile?: string;
  readonly help: boolean;
}

export const usage = `npm run bench:engine -- [options]

Trains and runs networks in our engine and in PyTorch eager, in turn, and prints medians and ratios.

  --network NAME   only this one; repeatable (default: one or two of each family)
  --size PX        only this side; repeatable (default: 64, Inception 96, and each network's crop size)
  --threads N      only so many; repeatable (default: 1 and 2)
  --only KIND      training, inference, frozen or head; repeatable (default: all)
  --quick          four networks, 64 px and 2 threads alone, training and head, fewer rounds: about a minute
  --memory GIB     of each side; training takes the batch of 16 or the first half of it that fits (default: 8)
  --cache FOLDER   keep there what compiling made, and take it from there (default: compile anew)
  --json FILE      also write the rows and goals
  --python PROGRAM a Python with torch and torchvision (default: the newest torch on the path, or Debian's)
  --profile NAME   no comparison: the operators of this network's training step by time (first --size and --threads)`;

/** A network of each kind of layers that a training step of 64 px finishes soon. */
const quickNetworks = ['alexnet', 'squeezenet1_1', 'resnet18', 'densenet121'];
const quickKinds: readonly Kind[] = ['training', 'head'];

/** Networks of the bench: AlexNet to Inception. */
export const benchNetworks = [
  'alexnet',
  'squeezenet1_1',
  'resnet18',
  'resnet50',
  'vgg11',
  'densenet121',
  'inception_v3',
] as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if an option is unknown or out of range.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = readValues(args, optionTypes);
  const { quick = false, help = false, json, python, profile, cache } = values;
  const networks =
    profile === undefined
      ? (values.network ?? (quick ? quickNetworks : benchNetworks)).map((name) => knownNetwork('network', name))
      : [knownNetwork('profile', profile)];
  const threads = (values.threads ?? (quick ? ['2'] : ['1', '2'])).map((text) =>
    numberOption('threads', text, 1, 1024),
  );
  const sizes = values.size?.map((text) => numberOption('size', text, 1, 2048));
  const wanted = values.only?.map(knownKind) ?? (quick ? quickKinds : kinds);
  const scenes = networks.flatMap((network) => {
    const sides = sizesOf(network, quick, sizes);
    return sides.flatMap((size) =>
      threads.map((count) => ({ network, size, threads: count, kinds: kindsAt(size, sides, wanted) })),
    );
  });
  return {
    scenes: scenes.filter((scene) => scene.kinds.length > 0),
    quick,
    help,
    memoryGiB: memoryOption(values.memory ?? '8'),
    ...(json === undefined ? {} : { json }),
    ...(python === undefined ? {} : { python }),
    ...(cache === undefined ? {} : { cache }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** In the order of `kinds`. A head does not depend on the size, and a frozen prefix is worth its time at the largest. */
function kindsAt(size: number, sizes: readonly number[], wanted: readonly Kind[]): Kind[] {
  const only: Partial<Record<Kind, number>> = { head: sizes[0], frozen: sizes[sizes.length - 1] };
  return kinds.filter((kind) => wanted.includes(kind) && (only[kind] ?? size) === size);
}

const optionTypes = {
  network: { type: 'string', multiple: true },
  size: { type: 'string', multiple: true },
  threads: { type: 'string', multiple: true },
  only: { type: 'string', multiple: true },
  quick: { type: 'boolean' },
  json: { type: 'string' },
  python: { type: 'string' },
  profile: { type: 'string' },
  cache: { type: 'string' },
  memory: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A small size and the crop size, unless sizes are given: AlexNet takes nothing below 63 px, Inception below 75. */
function sizesOf(network: string, quick: boolean, given: readonly number[] | undefined): readonly number[] {
  const { minimumImageSize, defaultImageSize } = findCard(network);
  if (given === undefined) {
    const small = minimumImageSize > 64 ? 96 : 64;
    return quick ? [small] : [small, defaultImageSize];
  }
  const tooSmall = given.find((size) => size < minimumImageSize);
  if (tooSmall === undefined) return given;
  throw new UsageError(`--size is ${tooSmall}, must be at least ${minimumImageSize} for ${network}`);
}

function knownKind(name: string): Kind {
  const kind = kinds.find((known) => known === name);
  if (kind !== undefined) return kind;
  throw new UsageError(`--only is ${name}, must be one of ${kinds.join(', ')}`);
}

function memoryOption(text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new UsageError(`--memory is ${text}, must be a number above 0`);
}
