import type { NamedTensor } from '#primitives';
import { type StoredPrecision, writeSafetensors } from '../weights/write-safetensors.js';
import { arrangeTensors, listed } from './check-tensors.js';
import { initialTensors } from './initial-tensors.js';
import type { Network } from './network.js';
import { toTorchLayout } from './tensor-layout.js';

/** How a network's tensors are stored. */
export interface SaveOptions {
  /** Of filters and dense weights; vectors and running statistics are always F32. @default 'F32' */
  readonly precision?: StoredPrecision;
  /**
   * Leaves out every tensor that still is in the initial state of this seed, bit for bit, and records the seed, so that
   * `loadWeights` makes them again. @default nothing is left out
   */
  readonly initialSeed?: number;
  /** Further entries of `__metadata__`; `architecture`, `classes`, `format` and `initialSeed` are written always. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A safetensors file of a network: torch layout under torchvision's names, ready for `load_state_dict` where nothing is
 * left out.
 *
 * @param tensors tfjs layout, all of the network's, any order.
 * @throws {RangeError} if tensors do not fit the network, are not finite, or do not fit the precision.
 */
export function saveWeights(network: Network, tensors: readonly NamedTensor[], options: SaveOptions = {}): Uint8Array {
  const { precision = 'F32', initialSeed, metadata } = options;
  const arranged = arrangeTensors(network, tensors, (absent) => `${listed(absent.map(({ name }) => name))} missing`);
  if (typeof arranged === 'string') throw new RangeError(`tensors do not fit: ${arranged}`);
  const kept = initialSeed === undefined ? arranged : withoutInitial(network, arranged, initialSeed);
  return writeWeights(network, kept.map(toTorchLayout), {
    precision,
    metadata: { ...metadata, ...(initialSeed === undefined ? {} : { initialSeed: String(initialSeed) }) },
  });
}

/** A safetensors file of tensors that fit a network already, in torch layout, with what `loadWeights` looks for. */
export function writeWeights(
  { architecture, classes }: Pick<Network, 'architecture' | 'classes'>,
  tensors: readonly NamedTensor[],
  { precision = 'F32', metadata }: Pick<SaveOptions, 'precision' | 'metadata'> = {},
): Uint8Array {
  return writeSafetensors(tensors, {
    precision: ({ shape }) => (shape.length > 1 ? precision : 'F32'),
    metadata: { ...metadata, format: 'pt', architecture, classes: String(classes) },
  });
}

function withoutInitial(network: Network, tensors: readonly NamedTensor[], seed: number): NamedTensor[] {
  return tensors.filter((tensor) => {
    const [initial] = initialTensors(network, seed, new Set([tensor.name]));
    return !sameBits(tensor.data, initial.data);
  });
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}
