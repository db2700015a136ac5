import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readTorchFile, readWeightsFile } from '#model-zoo';
import type { NamedTensor } from '#primitives';

/** Shape and float32 bits, row-major, little-endian, in hexadecimal. */
type Golden = Readonly<Record<string, { readonly shape: readonly number[]; readonly bits: string }>>;

const { files }: { files: Readonly<Record<string, Golden>> } = JSON.parse(
  readFileSync(new URL('./torch-files.golden.json', import.meta.url), 'utf8'),
);

const pathOf = (name: string, format: string) => fileURLToPath(new URL(`./${name}.${format}.pth`, import.meta.url));

function found(tensors: readonly NamedTensor[]): (readonly [string, Golden[string]])[] {
  return tensors.map(({ name, shape, data }) => {
    const bits = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
    return [name, { shape, bits }];
  });
}

const cases = Object.keys(files).flatMap((name) => (['zip', 'legacy'] as const).map((format) => ({ name, format })));

test.each(cases)('readTorchFile() finds in $name.$format.pth what torch saved, in its order', ({ name, format }) => {
  const path = pathOf(name, format);
  const expected = Object.entries(files[name]);
  for (const source of [path, new Uint8Array(readFileSync(path)), oddlyPlaced(readFileSync(path))]) {
    const file = readTorchFile(source);
    expect(file.format).toBe(format);
    expect(found(file.tensors)).toEqual(expected);
  }
  expect(found(readWeightsFile(path).tensors)).toEqual(expected);
});

/** At an odd place of a larger buffer, where no float32 can be read in place. */
function oddlyPlaced(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 1);
  return larger.subarray(1, 1 + bytes.length);
}
