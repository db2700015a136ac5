import { createHash } from 'node:crypto';
import { readBytes } from '../weights/read-bytes.js';
import { originOf } from '../weights/read-torch-file.js';
import { readWeightsFile, type WeightsFile } from '../weights/read-weights-file.js';
import { WeightsFileError } from '../weights/weights-file-error.js';
import { writeWeights } from './save-weights.js';
import { type StateDict, toStateDict } from './to-state-dict.js';

/** A weights file, and what it is expected to be. */
export interface ConvertOptions {
  readonly architecture: string;
  /** The file's bytes, or its path. */
  readonly source: Uint8Array | string;
  /** Number of classes its head must have. @default any */
  readonly classes?: number;
  /** SHA-256 the file must have, or at least eight first digits, as torchvision's file names carry. @default not checked */
  readonly sha256?: string;
  /** Name of the file in messages. @default the path, or `weights` for bytes */
  readonly origin?: string;
  /** Further entries of the result's `__metadata__`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A converted file and what was found. */
export interface ConvertedWeights {
  /** A safetensors file that `loadWeights` reads for a network of `classes`: every tensor, F32. */
  readonly bytes: Uint8Array;
  readonly architecture: string;
  /** Width of the main head. */
  readonly classes: number;
  /** Number of tensors in `bytes`. */
  readonly tensorCount: number;
  /** Number of `num_batches_tracked` counters that were dropped. */
  readonly droppedCount: number;
  readonly source: {
    readonly format: WeightsFile['format'];
    readonly bytes: number;
    /** 64 lower-case hexadecimal digits. */
    readonly sha256: string;
  };
}

/**
 * Converts a weights file of torchvision's names (torch.save's zip or legacy stream, or safetensors) to the zoo's own
 * safetensors. Equal files give equal bytes.
 *
 * The file is read once; at the peak its bytes and the result are in memory, and for a legacy stream the tensors as well.
 *
 * @throws {UnknownArchitectureError} if the zoo has no such architecture.
 * @throws {RangeError} if `sha256` is not 8 to 64 lower-case hexadecimal digits.
 * @throws {WeightsFileError} if the hash or the number of classes differs, or as `readWeightsFile` and `toStateDict` do.
 */
export function convertWeights(options: ConvertOptions): ConvertedWeights {
  const { state, droppedCount, source } = readSource(options);
  return {
    bytes: writeWeights(state, state.tensors, { metadata: options.metadata }),
    architecture: state.architecture,
    classes: state.classes,
    tensorCount: state.tensors.length,
    droppedCount,
    source,
  };
}

function readSource(options: ConvertOptions): { state: StateDict } & Pick<ConvertedWeights, 'droppedCount' | 'source'> {
  const { architecture, source, classes, origin = originOf(source) } = options;
  const bytes = typeof source === 'string' ? readBytes(source) : source;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  assertHash(sha256, options.sha256, origin);
  const { format, tensors } = readWeightsFile(bytes, origin);
  const state = toStateDict(architecture, tensors, origin);
  if (classes !== undefined && state.classes !== classes) {
    throw new WeightsFileError(origin, `its head has ${state.classes} classes, must have ${classes}`);
  }
  const droppedCount = tensors.length - state.tensors.length;
  return { state, droppedCount, source: { format, bytes: bytes.length, sha256 } };
}

function assertHash(found: string, expected: string | undefined, origin: string): void {
  if (expected === undefined) return;
  if (!/^[0-9a-f]{8,64}$/.test(expected)) {
    throw new RangeError(`sha256 is ${JSON.stringify(expected)}, must be 8 to 64 lower-case hexadecimal digits`);
  }
  if (found.startsWith(expected)) return;
  throw new WeightsFileError(origin, `its SHA-256 is ${found}, must begin with ${expected}`);
}
