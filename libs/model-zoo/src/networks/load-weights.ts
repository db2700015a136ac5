import { createHash } from 'node:crypto';
import type { NamedTensor } from '#primitives';
import { readBytes } from '../weights/read-bytes.js';
import { readSafetensors } from '../weights/read-safetensors.js';
import type { WeightsAtHand } from '../weights/weights-at-hand.js';
import { WeightsFileError } from '../weights/weights-file-error.js';
import { adaptHead } from './adapt-head.js';
import { buildNetwork } from './build-network.js';
import { arrangeTensors, listed } from './check-tensors.js';
import { initialTensors } from './initial-tensors.js';
import type { Network, TensorSpec } from './network.js';
import { toTfjsLayout } from './tensor-layout.js';

/** How a weights file is checked. */
export interface LoadOptions {
  /** SHA-256 the file must have, 64 lower-case hexadecimal digits. @default not checked */
  readonly sha256?: string;
  /** Name of the file in messages. @default the path, or `weights` for bytes */
  readonly origin?: string;
}

/**
 * A network's tensors from a safetensors file in torch layout.
 *
 * Tensors that the file leaves out are made again from the seed it records (`initialSeed`), bit for bit. The file's
 * head must have the network's classes: `pretrainedTensors` changes the task.
 *
 * @param source The file's bytes, or its path.
 * @returns tfjs layout, state_dict order.
 * @throws {WeightsFileError} if the hash differs, the file is damaged or for another network, a value is not finite, or
 * a tensor is absent and no seed is recorded.
 */
export function loadWeights(network: Network, source: Uint8Array | string, options: LoadOptions = {}): NamedTensor[] {
  const origin = options.origin ?? (typeof source === 'string' ? source : 'weights');
  const bytes = typeof source === 'string' ? readBytes(source) : source;
  if (options.sha256 !== undefined) assertHash(bytes, options.sha256, origin);
  const { metadata, tensors } = readSafetensors(bytes, origin);
  const architecture = metadata.get('architecture');
  if (architecture !== undefined && architecture !== network.architecture) {
    throw new WeightsFileError(origin, `it holds ${architecture}, wanted is ${network.architecture}`);
  }
  const arranged = arrangeTensors(network, tensors.map(toTfjsLayout), (absent) =>
    regenerate(network, absent, metadata.get('initialSeed')),
  );
  if (typeof arranged === 'string') throw new WeightsFileError(origin, arranged);
  return arranged;
}

/**
 * A network's tensors from weights at hand, the head fresh for the network's own classes.
 *
 * @param seed Of the new head; integer in [0, 2³²).
 * @throws {WeightsFileError} as `loadWeights` does; RangeError if the entry is for another architecture.
 */
export function pretrainedTensors(network: Network, entry: WeightsAtHand, seed: number): NamedTensor[] {
  if (entry.architecture !== network.architecture) {
    throw new RangeError(`weights ${entry.name} are for ${entry.architecture}, must be for ${network.architecture}`);
  }
  const source = buildNetwork(entry.architecture, { classes: entry.classes, imageSize: network.imageSize });
  const tensors = loadWeights(source, entry.path, { sha256: entry.sha256 });
  return adaptHead(network, tensors, seed);
}

function assertHash(bytes: Uint8Array, sha256: string, origin: string): void {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new WeightsFileError(origin, `its SHA-256 is ${found}, must be ${sha256}`);
}

function regenerate(network: Network, absent: readonly TensorSpec[], recorded?: string): NamedTensor[] | string {
  const names = absent.map((spec) => spec.name);
  if (recorded === undefined) return `${listed(names)} missing and no initialSeed is recorded`;
  const seed = Number(recorded);
  if (!/^\d{1,10}$/.test(recorded) || seed >= 2 ** 32) return `initialSeed is ${recorded}, must be in [0, 4294967296)`;
  return initialTensors(network, seed, new Set(names));
}
