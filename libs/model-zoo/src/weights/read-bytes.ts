import { readFileSync, statSync } from 'node:fs';
import { WeightsFileError } from './weights-file-error.js';

/** Largest weights file that is read, bytes: almost twice the largest of the zoo (VGG-19 with batch norm, 575 MB). */
export const maximumFileBytes = 2 ** 30;

/**
 * A file's bytes, read at once into memory of their own.
 *
 * @throws {WeightsFileError} if there is none, it cannot be read, or it is empty or larger than 1 GiB.
 */
export function readBytes(path: string): Uint8Array {
  try {
    const facts = statSync(path);
    // A pipe or a device has no size to check before it is read.
    if (!facts.isFile() && !facts.isDirectory()) throw new WeightsFileError(path, 'it is no regular file');
    assertFileSize(facts.size, path);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof WeightsFileError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new WeightsFileError(path, code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`, {
      cause: error,
    });
  }
}

/** @throws {WeightsFileError} if a file of so many bytes is not read. */
export function assertFileSize(bytes: number, origin: string): void {
  if (bytes === 0) throw new WeightsFileError(origin, 'it is empty');
  if (bytes > maximumFileBytes) {
    throw new WeightsFileError(origin, `it has ${bytes} bytes, must be at most ${maximumFileBytes}`);
  }
}
