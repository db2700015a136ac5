import { parseArgs } from 'node:util';
import type { ExecutionProvider } from '#engine';
import { architectureNames, findCard } from '#model-zoo';

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

/** An option that cannot be used; the message is one line for its user. */
export class GpuUsageError extends Error {}

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
 * @throws {GpuUsageError} if an option is unknown or out of range.
 */
export function parseGpuOptions(args: readonly string[]): GpuOptions {
  const values = readValues(args);
  const device = devices.find((name) => name === (values.device ?? 'auto'));
  if (device === undefined)
    throw new GpuUsageError(`--device is ${values.device}, must be one of ${devices.join(', ')}`);
  const networks = values.network ?? benchNetworks;
  const unknown = networks.find((name) => !architectureNames.includes(name));
  if (unknown !== undefined) {
    throw new GpuUsageError(`--network is ${unknown}, must be one of ${architectureNames.join(', ')}`);
  }
  const least = Math.max(...networks.map((name) => findCard(name).minimumImageSize));
  const { json, python, pack } = values;
  if (pack !== undefined && !/\.tar\.(gz|xz)$/.test(pack)) {
    throw new GpuUsageError(`--pack is ${pack}, must end in .tar.gz or .tar.xz`);
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

function readValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
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
      },
    }).values;
  } catch (error) {
    throw new GpuUsageError((error as Error).message.split('\n')[0]);
  }
}

function numberOption(name: string, text: string, low: number, high: number, whole = true): number {
  const value = Number(text);
  if (text.trim() !== '' && (!whole || Number.isInteger(value)) && value >= low && value <= high) return value;
  throw new GpuUsageError(`--${name} is ${text}, must be ${whole ? 'an integer' : 'a number'} in [${low}, ${high}]`);
}
