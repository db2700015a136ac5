import { createHash } from 'node:crypto';
import type { EngineDevice } from '#engine';
import { readSafetensors, writeSafetensors } from '#model-zoo';
import { toTfjsLayout, toTorchLayout } from '#model-zoo/networks';
import { DomainError, type NamedTensor } from '#primitives';
import type { StartedNetwork } from './start-network.js';

/** Where checkpoints are kept, by content. */
export interface CheckpointStore {
  /** `collectable`: the service deletes the blob once nothing refers to it. */
  put(bytes: Uint8Array, options?: { readonly collectable?: boolean }): Promise<{ sha256: string; bytes: number }>;
  get(sha256: string): Promise<Uint8Array>;
}

/** A checkpoint that does not belong to the trial it is read for. */
export class CheckpointMismatchError extends DomainError {
  readonly code = 'CHECKPOINT_MISMATCH';
}

/** What made a checkpoint, and where it is put. */
export interface CheckpointTools {
  readonly store: CheckpointStore;
  readonly threads: number;
  /** @default the processor */
  readonly device?: EngineDevice;
}

/** What the checkpoint says of itself. */
interface CheckpointIdentity {
  readonly parameters: { readonly retrainDepth: string };
  readonly training: { readonly headInit: 'probe' | 'random' };
  readonly seed: number;
}

/**
 * Keeps the tensors that differ from `startNetwork`'s; those are found again in the weights or made again from the seed.
 * So a head that began as a probe is kept even where training left it as it was: applying a checkpoint needs no pictures.
 * Safetensors in torch layout under torchvision's names; equal tensors give equal bytes.
 *
 * @param started As `startNetwork` gives it, the head not probed.
 * @param trained tfjs layout, a subset of the network's tensors.
 * @param tools `threads` of the training are noted: with another number sums are added up in another order. So is a device
 *   other than the processor.
 */
export async function saveCheckpoint(
  started: StartedNetwork,
  trained: readonly NamedTensor[],
  claim: CheckpointIdentity,
  { store, threads, device }: CheckpointTools,
): Promise<{ sha256: string; bytes: number }> {
  const first = new Map(started.tensors.map((tensor) => [tensor.name, tensor]));
  const changed = trained.filter((tensor) => !sameBytes(tensor.data, first.get(tensor.name)?.data));
  const file = writeSafetensors(changed.map(toTorchLayout), {
    metadata: {
      ...identityOf(started, claim),
      threads: String(threads),
      ...(device === undefined || device.provider === 'cpu' ? {} : { device: device.provider }),
    },
  });
  return store.put(file, { collectable: true });
}

/**
 * The trained network: the start, with the checkpoint's tensors in place of its own.
 *
 * @param started As `startNetwork` gives it, the head not probed.
 * @returns All of the network's tensors, tfjs layout, state_dict order.
 * @throws {CheckpointMismatchError} if the checkpoint was made from another start or does not fit the network.
 */
export function applyCheckpoint(started: StartedNetwork, file: Uint8Array, claim: CheckpointIdentity): NamedTensor[] {
  const { metadata, tensors } = readSafetensors(file, 'checkpoint');
  for (const [key, value] of Object.entries(identityOf(started, claim))) {
    // Checkpoints from before there were probed heads do not say that theirs was random.
    const found = metadata.get(key) ?? (key === 'headInit' ? 'random' : undefined);
    if (found !== value) {
      throw new CheckpointMismatchError(`The checkpoint has ${key} ${found}, the trial has ${value}`);
    }
  }
  const trained = new Map(tensors.map((tensor) => [tensor.name, toTfjsLayout(tensor)]));
  const complete = started.tensors.map((tensor) => {
    const replacement = trained.get(tensor.name) ?? tensor;
    trained.delete(tensor.name);
    if (replacement.shape.join() !== tensor.shape.join()) {
      throw new CheckpointMismatchError(
        `The checkpoint's ${tensor.name} has shape [${replacement.shape}], must be [${tensor.shape}]`,
      );
    }
    return replacement;
  });
  const foreign = [...trained.keys()][0];
  if (foreign !== undefined) throw new CheckpointMismatchError(`The checkpoint's ${foreign} is not in the network`);
  return complete;
}

/** Threads that trained a checkpoint; null for one that does not say. */
export function threadsOf(file: Uint8Array): number | null {
  const threads = readSafetensors(file, 'checkpoint').metadata.get('threads');
  return threads === undefined ? null : Number(threads);
}

/** SHA-256 over names, shapes and values, in order: two equal hashes mean the same state. */
export function hashTensors(tensors: readonly NamedTensor[]): string {
  const hash = createHash('sha256');
  for (const { name, shape, data } of tensors) {
    hash.update(`${name}[${shape}]`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

function identityOf(
  started: StartedNetwork,
  { parameters, training, seed }: CheckpointIdentity,
): Record<string, string> {
  const { network, weights } = started;
  return {
    format: 'pt',
    architecture: network.architecture,
    classes: String(network.classes),
    retrainDepth: parameters.retrainDepth,
    headSeed: String(seed),
    headInit: weights ? training.headInit : 'random',
    ...(weights ? { weights: weights.name, weightsSha256: weights.sha256 } : { initialSeed: String(seed) }),
  };
}

function sameBytes(a: Float32Array, b: Float32Array | undefined): boolean {
  if (!b) return false;
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}
