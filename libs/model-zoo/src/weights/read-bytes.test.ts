import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maximumFileBytes, readBytes } from './read-bytes.js';
import { WeightsFileError } from './weights-file-error.js';

test('readBytes() refuses a file beyond 1 GiB before it takes memory for it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retune-bytes-'));
  const path = join(folder, 'sparse.pth');
  const descriptor = openSync(path, 'w');
  try {
    ftruncateSync(descriptor, maximumFileBytes + 1);
    expect(() => readBytes(path)).toThrow(WeightsFileError);
    expect(() => readBytes(path)).toThrow(`it has ${maximumFileBytes + 1} bytes, must be at most ${maximumFileBytes}`);
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
});
