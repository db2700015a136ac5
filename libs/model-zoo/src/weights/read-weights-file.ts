import { assertFileSize, readBytes } from './read-bytes.js';
import { readSafetensors, type SafetensorsFile } from './read-safetensors.js';
import { originOf, readTorchFile, type TorchFile, torchFormat } from './read-torch-file.js';
import { WeightsFileError } from './weights-file-error.js';

/** Content of a weights file of any kind that is read; torch's files have no metadata. */
export interface WeightsFile extends SafetensorsFile {
  readonly format: 'safetensors' | TorchFile['format'];
}

/**
 * Reads a weights file by what it is, not by its name: safetensors, or either layout of torch.save.
 *
 * @param source The file's bytes, or its path.
 * @param origin Path or name of the file, for messages.
 * @returns Torch layout, values as float32; tensors may share memory with the bytes that were read.
 * @throws {WeightsFileError} with the reason if it is anything else, or damaged or hostile.
 */
export function readWeightsFile(source: Uint8Array | string, origin = originOf(source)): WeightsFile {
  const bytes = typeof source === 'string' ? readBytes(source) : source;
  assertFileSize(bytes.length, origin);
  if (torchFormat(bytes)) return { metadata: new Map(), ...readTorchFile(bytes, origin) };
  // After the length of its header, a safetensors file goes on with this byte.
  if (bytes[8] === 0x7b) return { format: 'safetensors', ...readSafetensors(bytes, origin) };
  throw new WeightsFileError(origin, strangerReason(bytes));
}

/** What else people give, and what to do about it. */
function strangerReason(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (text.slice(257, 262) === 'ustar') {
    return (
      'it is a tar, the oldest layout of torch, which its own restricted reader refuses too: ' +
      'load it in torch and save its state_dict again with torch.save'
    );
  }
  if (text.startsWith('PK')) return 'it is an empty, split or cut-off zip';
  if (text.startsWith('\x1f\x8b')) return 'it is compressed with gzip: unpack it first';
  if (/^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|\?xml|!--)/i.test(text)) {
    return 'it is a web page, not weights: the download gave an error page or needs a login';
  }
  if (bytes[0] === 0x80 && bytes[1] <= 5) {
    return 'it is a pickle without the magic number of torch.save: only files of torch.save are read';
  }
  const first = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  return `it is neither safetensors nor a file of torch.save (its first bytes are ${first})`;
}
