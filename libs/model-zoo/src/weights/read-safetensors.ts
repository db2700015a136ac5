import type { NamedTensor } from '#primitives';
import { sizeOf } from '#primitives';
import { fromHalf } from './half-precision.js';
import { type Dtype, readSafetensorsHeader } from './safetensors-header.js';

/** Content of a safetensors file. */
export interface SafetensorsFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** As stored: names, shapes and order of the file, values as float32. */
  readonly tensors: readonly NamedTensor[];
}

/**
 * Reads a safetensors file; copies every value, so the bytes may be reused. F16 is exact, F32 copied bit by bit, F64
 * and I64 are rounded to float32.
 *
 * @param origin Path or name of the file, for messages.
 * @throws {WeightsFileError} if the file is damaged or hostile, or holds another dtype.
 */
export function readSafetensors(bytes: Uint8Array, origin = 'safetensors'): SafetensorsFile {
  const { metadata, entries, dataStart } = readSafetensorsHeader(bytes, origin);
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => ({
    name,
    shape,
    data: decode(bytes.subarray(dataStart + begin, dataStart + end), dtype, sizeOf(shape)),
  }));
  return { metadata, tensors };
}

function decode(bytes: Uint8Array, dtype: Dtype, count: number): Float32Array {
  const data = new Float32Array(count);
  if (dtype === 'F32') {
    new Uint8Array(data.buffer).set(bytes);
    return data;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < count; index++) data[index] = readers[dtype](view, index);
  return data;
}

const readers: Readonly<Record<Exclude<Dtype, 'F32'>, (view: DataView, index: number) => number>> = {
  F16: (view, index) => fromHalf(view.getUint16(2 * index, true)),
  F64: (view, index) => view.getFloat64(8 * index, true),
  I64: (view, index) => Number(view.getBigInt64(8 * index, true)),
};
