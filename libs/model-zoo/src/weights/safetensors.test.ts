import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHalf, toHalf } from './half-precision.js';
import { readSafetensors } from './read-safetensors.js';
import { WeightsFileError } from './weights-file-error.js';
import { writeSafetensors } from './write-safetensors.js';

const tensor = (name: string, shape: number[], values: number[]) => ({ name, shape, data: Float32Array.from(values) });

/** A file as a stranger may write it: any header text, any data. */
function file(header: string | Uint8Array, dataBytes: number, declared?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, declared ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe('readSafetensors()', () => {
  test('reads what the reference implementation wrote', () => {
    const path = new URL('../../../../test/golden/safetensors/reference.safetensors', import.meta.url);
    const { metadata, tensors } = readSafetensors(readFileSync(path));
    expect([...metadata]).toEqual(
      expect.arrayContaining([
        ['format', 'pt'],
        ['note', 'quotes " and ünïcode'],
      ]),
    );
    const byName = new Map(tensors.map(({ name, shape, data }) => [name, { shape, values: [...data] }]));
    const half = [0.0999755859375, -2.5, 65504, 2 ** -24, 0, 0.333251953125];
    expect(byName.get('half')).toEqual({ shape: [2, 3], values: half });
    expect(byName.get('single')?.values).toEqual([0.1, -1e-40, 3.4e38].map(Math.fround));
    expect(byName.get('double')).toEqual({ shape: [2, 1], values: [1 / 3, -1e-3].map(Math.fround) });
    expect(byName.get('bn1.num_batches_tracked')).toEqual({ shape: [], values: [12345] });
    expect(byName.get('empty')).toEqual({ shape: [0, 4], values: [] });
  });

  test('reads from the middle of a larger buffer', () => {
    const inner = writeSafetensors([tensor('a', [2], [1, 2])]);
    const outer = new Uint8Array(inner.length + 7);
    outer.set(inner, 3);
    expect([...readSafetensors(outer.subarray(3, 3 + inner.length)).tensors[0].data]).toEqual([1, 2]);
  });

  const f32 = entry('F32', [1], [0, 4]);
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'file has 0 bytes'],
    ['a header beyond the file', file('{}', 0, 3n), 'the file only 2'],
    ['a header beyond 16 MiB', file('{}', 0, 2n ** 24n + 1n), 'must be at most 16 MiB'],
    ['a header of 2⁶³ bytes', file('{}', 0, 2n ** 63n), 'has 9223372036854775808 bytes, must be at most 16 MiB'],
    ['a header of 2⁶⁴ bytes', file('{}', 0, 2n ** 64n - 1n), 'must be at most 16 MiB'],
    ['no header', file('', 0), 'does not begin with {'],
    ['leading space', file(' {}', 0), 'does not begin with {'],
    ['bytes that are not UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d), 0), 'header is not UTF-8'],
    ['equal names', file(`{"a":${f32},"a":${f32}}`, 4), 'has the key "a" twice'],
    ['metadata of numbers', file('{"__metadata__":{"a":1}}', 0), '__metadata__ must map strings to strings'],
    ['metadata as a list', file('{"__metadata__":[]}', 0), '__metadata__ must map strings to strings'],
    ['a tensor that is no object', file('{"a":3}', 0), 'tensor "a" must be an object'],
    ['an unknown field', file('{"a":{"dtype":"F32","url":"x"}}', 0), 'unknown field "url"'],
    ['an unknown dtype', file(`{"a":${entry('BF16', [2], [0, 4])}}`, 4), 'dtype "BF16", must be F16, F32, F64, I64'],
    ['a dtype of Object', file(`{"a":${entry('toString', [1], [0, 4])}}`, 4), 'dtype "toString"'],
    ['no shape', file('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4), 'no shape of at most 8 axes'],
    ['nine axes', file(`{"a":${entry('F32', Array(9).fill(1), [0, 4])}}`, 4), 'no shape of at most 8 axes'],
    ['a negative axis', file(`{"a":${entry('F32', [-1], [0, 4])}}`, 4), 'whole number'],
    ['one offset', file(`{"a":${entry('F32', [1], [4])}}`, 4), 'no pair of data_offsets'],
    ['backward offsets', file(`{"a":${entry('F32', [1], [4, 0])}}`, 4), 'run backwards'],
    ['a size that overflows', file(`{"a":${entry('F32', [2 ** 40, 2 ** 40], [0, 4])}}`, 4), 'size overflows'],
    ['an overflow hidden by a 0', file(`{"a":${entry('F32', [2 ** 52, 2 ** 52, 0], [0, 0])}}`, 0), 'size overflows'],
    ['too few bytes', file(`{"a":${entry('F32', [2], [0, 4])}}`, 4), 'has 4 bytes, F32 of shape [2] takes 8'],
    ['data beyond the file', file(`{"a":${entry('F32', [2], [0, 8])}}`, 4), 'take 8 bytes, the file holds 4'],
    ['bytes at the end', file(`{"a":${f32}}`, 5), 'take 4 bytes, the file holds 5'],
    ['a gap', file(`{"a":${f32},"b":${entry('F32', [1], [8, 12])}}`, 12), '4 bytes before tensor "b"'],
    ['a gap at the start', file(`{"a":${entry('F32', [1], [4, 8])}}`, 8), '4 bytes before tensor "a"'],
    [
      'an overlap',
      file(`{"a":${entry('F32', [2], [0, 8])},"b":${entry('F32', [1], [4, 8])}}`, 8),
      'tensor "b" overlaps',
    ],
    ['one range for two', file(`{"a":${f32},"b":${f32}}`, 4), 'overlaps the data before it'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => readSafetensors(bytes, 'strange.safetensors')).toThrow(WeightsFileError);
    expect(() => readSafetensors(bytes, 'strange.safetensors')).toThrow(reason);
  });

  test('refuses any damaged header with a WeightsFileError and nothing else', () => {
    const good = writeSafetensors([tensor('a', [2], [1, 2]), tensor('b', [1, 1], [3])], { metadata: { k: 'v' } });
    const damage = fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255), keep: fc.nat(good.length) });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const bytes = good.slice(0, damages[0].keep || good.length);
        for (const { at, to } of damages) if (at < bytes.length) bytes[at] = to;
        try {
          readSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WeightsFileError);
        }
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});

describe('writeSafetensors()', () => {
  test('gives back names, shapes and values, F32 by the bit and F16 rounded', () => {
    const values = [0.1, -0, 1e-42, 3.4e38];
    const bytes = writeSafetensors([tensor('h', [2, 1], [0.1, -7]), tensor('s', [4], values)], {
      metadata: { b: '2', a: '1' },
      precision: ({ name }) => (name === 'h' ? 'F16' : 'F32'),
    });
    const { metadata, tensors } = readSafetensors(bytes);
    expect([...metadata]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['s', [4]],
      ['h', [2, 1]],
    ]);
    expect(new Uint8Array(tensors[0].data.buffer)).toEqual(new Uint8Array(Float32Array.from(values).buffer));
    expect([...tensors[1].data]).toEqual([0.1, -7].map((value) => fromHalf(toHalf(value))));
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
  });

  test('writes the part of a larger array that a view covers', () => {
    const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { tensors } = readSafetensors(writeSafetensors([{ name: 'v', shape: [2], data: view }]));
    expect([...tensors[0].data]).toEqual([1, 2]);
  });

  test('refuses equal names, wrong lengths and values beyond F16', () => {
    const a = tensor('a', [1], [70000]);
    expect(() => writeSafetensors([a, a])).toThrow('name a twice');
    expect(() => writeSafetensors([tensor('__metadata__', [1], [1])])).toThrow(RangeError);
    expect(() => writeSafetensors([tensor('a', [2], [1])])).toThrow('has 1 values, shape [2] takes 2');
    expect(() => writeSafetensors([a], { precision: () => 'F16' })).toThrow(
      'tensor a has the value 70000, F16 holds at most 65504',
    );
  });
});
