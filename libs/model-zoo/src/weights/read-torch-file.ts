import { type NamedTensor, sizeOf } from '#primitives';
import { assertFileSize, readBytes } from './read-bytes.js';
import type { TorchTensor } from './torch-dialect.js';
import { legacyMagic, readTorchLegacy } from './torch-legacy.js';
import type { TorchObjects } from './torch-objects.js';
import { toNamedTensors } from './torch-state-dict.js';
import { tensorValues } from './torch-tensor-values.js';
import { readTorchZip } from './torch-zip.js';
import { WeightsFileError } from './weights-file-error.js';

/** Content of a file that torch.save wrote. */
export interface TorchFile {
  /** A zip archive (since torch 1.6), or the stream of pickles before that. */
  readonly format: 'zip' | 'legacy';
  /** Torch layout, names and order of the file, values as float32. They may share memory with the bytes that were read. */
  readonly tensors: readonly NamedTensor[];
}

/** Of all tensors together, 1 GiB as float32: the largest network of the zoo has half of it. */
const maximumValues = 2 ** 28;

/** Values that expanded and shared storages may add to what the file's bytes can hold, one a byte. */
const sharedValues = 2 ** 20;

/**
 * Reads a state_dict that torch.save wrote (`.pth`, `.pt`), in either layout. The pickle in it is parsed as data by an
 * allow-list of opcodes and names; nothing of it is looked up, imported or called, and there is no other way to read it.
 *
 * Reads Float, Half, BFloat16, Double, Long, Int, Short, Char, Byte and Bool storages, any strides (expanded ones too),
 * shared storages, and Parameters. A training checkpoint is read for its `state_dict` or `model`; names that all begin
 * with `module.` lose it.
 *
 * @param source The file's bytes, or its path.
 * @param origin Path or name of the file, for messages.
 * @throws {WeightsFileError} if the file is damaged, hostile, of another kind, or holds anything but tensors.
 * @see torch/serialization.py and torch/_weights_only_unpickler.py, 1.13 and 2.13
 */
export function readTorchFile(source: Uint8Array | string, origin = originOf(source)): TorchFile {
  const bytes = typeof source === 'string' ? readBytes(source) : source;
  const fail = (reason: string): never => {
    throw new WeightsFileError(origin, reason);
  };
  assertFileSize(bytes.length, origin);
  const format = torchFormat(bytes);
  if (format === undefined) return fail('it is no file that torch.save wrote');
  const { root, storages } = format === 'zip' ? readTorchZip(bytes, fail) : readTorchLegacy(bytes, fail);
  return { format, tensors: decode(root, storages, { fileBytes: bytes.length, fail }) };
}

/** Which of its layouts a file of torch has, by its first bytes. */
export function torchFormat(bytes: Uint8Array): TorchFile['format'] | undefined {
  if (bytes.length >= 4 && [0x50, 0x4b, 0x03, 0x04].every((byte, index) => bytes[index] === byte)) return 'zip';
  return legacyMagic.every((byte, index) => bytes[index] === byte) ? 'legacy' : undefined;
}

/** Path of the source, or what bytes are called in messages. */
export function originOf(source: Uint8Array | string): string {
  return typeof source === 'string' ? source : 'weights';
}

/** Sizes are summed before anything is allocated, so that views of a few bytes cannot ask for all memory. */
function decode(
  root: TorchObjects['root'],
  storages: TorchObjects['storages'],
  { fileBytes, fail }: { fileBytes: number; fail: (reason: string) => never },
): NamedTensor[] {
  const named = toNamedTensors(root, fail);
  let total = 0;
  for (const [, { shape }] of named) total += sizeOf(shape);
  const most = Math.min(maximumValues, fileBytes + sharedValues);
  if (total > most) fail(`its tensors have ${total} values together, with ${fileBytes} bytes must be at most ${most}`);
  return named.map(([name, tensor]: readonly [string, TorchTensor]) => ({
    name,
    shape: tensor.shape,
    data: tensorValues(tensor, storages.get(tensor.storage.key) as Uint8Array),
  }));
}
