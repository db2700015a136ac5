import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { sizeOf } from '#primitives';
import { dict, emptyOrderedDict, globalName, list, pickle, reduce, tensor, text } from './pickle-assembler.fixture.js';
import { readTorchFile } from './read-torch-file.js';
import { readWeightsFile } from './read-weights-file.js';
import { refusedFiles } from './refused-files.fixture.js';
import { torchLegacy, torchRecords, torchZip, zip } from './torch-files.fixture.js';
import { WeightsFileError } from './weights-file-error.js';

const folder = mkdtempSync(join(tmpdir(), 'retune-refused-'));
const marker = join(folder, 'executed');
afterAll(() => rmSync(folder, { recursive: true }));

const read = (bytes: Uint8Array) =>
  readTorchFile(bytes).tensors.map(({ name, shape, data }) => [name, shape, [...data]]);

test('readTorchFile() reads the files that the refused ones were made from', () => {
  const values = [['a', [2, 2], [1, 2, 3, 4]]];
  expect(read(torchZip())).toEqual(values);
  expect(read(torchLegacy())).toEqual(values);
});

test('readTorchFile() reads past the records that later versions of torch add', () => {
  const added = {
    byteorder: 'little',
    '.format_version': '1',
    '.storage_alignment': '64',
    '.data/serialization_id': '7',
  };
  const records = Object.entries(added).map(([name, value]) => [name, Buffer.from(value)]);
  expect(read(zip(torchRecords(Object.fromEntries(records))))).toEqual(read(torchZip()));
  expect(read(zip(torchRecords(), { withoutEnd64: true }))).toEqual(read(torchZip()));
});

test('readTorchFile() reads an OrderedDict as Python 2 wrote it: short texts, in a list of pairs', () => {
  const orderedDict = globalName('collections', 'OrderedDict');
  const object = pickle(reduce(orderedDict, list(list(['U', 1, 'a'], tensor()), list(['U', 1, 'b'], tensor()))));
  expect(read(torchZip(object)).map(([name]) => name)).toEqual(['a', 'b']);
});

test('readTorchFile() takes the model of a checkpoint, and off DataParallel’s prefix only where every name has it', () => {
  const model = dict({ 'module.a': tensor() });
  expect(read(torchZip(pickle(dict({ epoch: 'N', model })))).map(([name]) => name)).toEqual(['a']);
  const mixed = dict({ 'module.a': tensor(), a: tensor() });
  expect(read(torchZip(pickle(mixed))).map(([name]) => name)).toEqual(['module.a', 'a']);
});

test('readTorchFile() keeps names that mean something to JavaScript', () => {
  const object = pickle([emptyOrderedDict, '(', text('__proto__'), tensor(), text('constructor'), tensor(), 'u']);
  expect(read(torchZip(object)).map(([name]) => name)).toEqual(['__proto__', 'constructor']);
});

describe('readWeightsFile() refuses', () => {
  /** By how much reading, not making, raised the most memory this process ever had, KiB. */
  let grown = 0;

  test.each(refusedFiles(marker))('$name', ({ make, reason }) => {
    const bytes = make();
    const before = process.resourceUsage().maxRSS;
    let refusal: unknown;
    try {
      readWeightsFile(bytes, 'strange.pth');
    } catch (error) {
      refusal = error;
    }
    grown += process.resourceUsage().maxRSS - before;
    expect(refusal).toBeInstanceOf(WeightsFileError);
    const { message } = refusal as WeightsFileError;
    expect(message).toMatch(/^Cannot read weights from strange\.pth: [^\n]{1,400}$/);
    if (typeof reason === 'string') expect(message).toContain(reason);
    else expect(message).toMatch(reason);
    expect(existsSync(marker)).toBe(false);
  });

  test('all of them in less than 300 MB', () => {
    expect(grown / 1024).toBeLessThan(300);
  });
});

/** Up to three bytes of a file changed. */
function damaged(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const flip = fc.record({ at: fc.nat(good.length - 1), bits: fc.integer({ min: 1, max: 255 }) });
  return fc.array(flip, { minLength: 1, maxLength: 3 }).map((flips) => {
    const bytes = Uint8Array.from(good);
    for (const { at, bits } of flips) bytes[at] ^= bits;
    return bytes;
  });
}

/** Undefined where the file is refused; any other error is passed on. */
function readOrRefuse(bytes: Uint8Array) {
  try {
    return readTorchFile(bytes).tensors;
  } catch (error) {
    if (error instanceof WeightsFileError) return undefined;
    throw error;
  }
}

test('readTorchFile() reads a damaged zip as it was, or refuses it', () => {
  const expected = readTorchFile(torchZip()).tensors;
  let read = 0;
  fc.assert(
    fc.property(damaged(torchZip()), (bytes) => {
      const tensors = readOrRefuse(bytes);
      if (tensors) expect(tensors).toEqual(expected);
      if (tensors) read += 1;
    }),
    { numRuns: 3000, seed: 11 },
  );
  expect(read).toBeGreaterThan(100);
  expect(read).toBeLessThan(1500);
});

// A legacy stream has no checksum: other values, or another name, are read as they stand.
test('readTorchFile() reads a damaged legacy stream within its storage, or refuses it', () => {
  fc.assert(
    fc.property(damaged(torchLegacy()), (bytes) => {
      for (const { shape, data } of readOrRefuse(bytes) ?? []) {
        expect(data).toHaveLength(sizeOf(shape));
        expect(data.length).toBeLessThanOrEqual(2 ** 20 + bytes.length);
      }
    }),
    { numRuns: 3000, seed: 11 },
  );
});
