import type { ExecutionProvider } from '#engine';
import { findCard } from '#model-zoo';
import { knownNetwork, numberOption, readValues, UsageError } from '../side/bench-options.js';

/** What a person asked for. */
export interface GpuOptions {
  readonly networks: readonly string[];
  readonly batches: readonly number[];
  /** Side of a picture, pixels. */
  readonly size: number;
  /** `auto` is WebGPU, and CUDA where its provider lies beside. */
  readonly device: ExecutionProvider | 'auto';
  /** Time for everything; rows that no longer fit are left out. */
  readonly minutes: number;
  /** Pictures of a shallow trial. */
  readonly examples: number;
  readonly torch: boolean;
  readonly json?: string;
  readonly python?: string;
  /** Archive to write instead of measuring. */
  readonly pack?: string;
  readonly help: boolean;
}

export const gpuUsage = `npm run bench:gpu -- [options]        in an unpacked package: ./run.sh [options]

Trains and runs networks on this machine's GPU in our engine and in PyTorch eager, and prints images/s and ratios.

  --device NAME    auto (default: WebGPU, and CUDA where its provider lies beside), webgpu, cuda or cpu
  --network NAME   only this one; repeatable (default: squeezenet1_1, resnet18, resnet50, vgg11)
  --batch N        only this one; repeatable (default: 32 and 128)
  --size PX        side of a picture (default: 224)
  --examples N     pictures of a shallow trial (default: 960)
  --minutes M      time for everything, rows that do not fit are left out (default: 9)
  --json FILE      also write the rows and goals
  --python PROGRAM a Python with torch and torchvision (default: the newest torch on the path, or Debian's)
  --no-torch       without PyTorch
  --pack FILE      no measuring: write .tar.gz or .tar.xz with everything a Linux x64 machine needs (at most 64 MiB)`;

const benchNetworks = ['squeezenet1_1', 'resnet18', 'resnet50', 'vgg11'];
const devices = ['auto', 'webgpu', 'cuda', 'cpu'] as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if an option is unknown or out of range.
 */
export function parseGpuOptions(args: readonly string[]): GpuOptions {
  const values = readValues(args, optionTypes);
  const device = devices.find((name) => name === (values.device ?? 'auto'));
  if (device === undefined) throw new UsageError(`--device is ${values.device}, must be one of ${devices.join(', ')}`);
  const networks = (values.network ?? benchNetworks).map((name) => knownNetwork('network', name));
  const least = Math.max(...networks.map((name) => findCard(name).minimumImageSize));
  const { json, python, pack } = values;
  if (pack !== undefined && !/\.tar\.(gz|xz)$/.test(pack)) {
    throw new UsageError(`--pack is ${pack}, must end in .tar.gz or .tar.xz`);
  }
  return {
    networks,
    device,
    batches: (values.batch ?? ['32', '128']).map((text) => numberOption('batch', text, 1, 4096)),
    size: numberOption('size', values.size ?? '224', least, 2048),
    examples: numberOption('examples', values.examples ?? '960', 1, 100_000),
    minutes: numberOption('minutes', values.minutes ?? '9', 0.1, 1440, false),
    torch: values['no-torch'] !== true,
    help: values.help ?? false,
    ...(json === undefined ? {} : { json }),
    ...(python === undefined ? {} : { python }),
    ...(pack === undefined ? {} : { pack }),
  };
}

const optionTypes = {
  network: { type: 'string', multiple: true },
  batch: { type: 'string', multiple: true },
  size: { type: 'string' },
  device: { type: 'string' },
  minutes: { type: 'string' },
  examples: { type: 'string' },
  json: { type: 'string' },
  python: { type: 'string' },
  pack: { type: 'string' },
  'no-torch': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
