import { sizeOf } from '#primitives';
import type { TorchTensor } from './torch-dialect.js';

/**
 * A tensor's values as float32, row-major. float16, bfloat16 and small integers are exact; float64 and int64 are rounded.
 *
 * @param storage Bytes of the whole storage.
 * @returns A view of `storage` where its bytes are the values already, else a copy.
 */
export function tensorValues(
  { storage: { type }, offset, shape, strides }: TorchTensor,
  storage: Uint8Array,
): Float32Array {
  const count = sizeOf(shape);
  if (type.isFloat32 && isContiguous(shape, strides)) return float32Values(storage, offset, count);
  const values = new Float32Array(count);
  const view = new DataView(storage.buffer, storage.byteOffset, storage.byteLength);
  let next = 0;
  forEachIndex(shape, strides, offset, (index) => {
    values[next++] = type.read(view, index * type.itemBytes);
  });
  return values;
}

function float32Values(storage: Uint8Array, offset: number, count: number): Float32Array {
  const start = storage.byteOffset + 4 * offset;
  if (start % 4 === 0) return new Float32Array(storage.buffer, start, count);
  const values = new Float32Array(count);
  new Uint8Array(values.buffer).set(storage.subarray(4 * offset, 4 * (offset + count)));
  return values;
}

/** Axes of length 1 take no step, so their stride says nothing. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

/** Calls back with the storage index of every value, in row-major order. */
function forEachIndex(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  visit: (index: number) => void,
): void {
  if (shape.includes(0)) return;
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  const position = shape.slice(0, -1).map(() => 0);
  let start = offset;
  for (;;) {
    for (let column = 0; column < inner; column++) visit(start + column * step);
    let axis = position.length - 1;
    for (; axis >= 0; axis--) {
      start += strides[axis];
      position[axis] += 1;
      if (position[axis] < shape[axis]) break;
      start -= position[axis] * strides[axis];
      position[axis] = 0;
    }
    if (axis < 0) return;
  }
}
