import { sizeOf } from '#primitives';

/** `out[i] = in[permuted i]`: moves axes of row-major data; axis `k` of the result is axis `permutation[k]` of the input. */
export function transposeData<T extends Float32Array | Int32Array | BigInt64Array | Uint8Array>(
  data: T,
  shape: readonly number[],
  permutation: readonly number[],
): T {
  const result = data.slice() as T;
  if (permutation.every((axis, position) => axis === position)) return result; // VGG's dense layers are 480 MB
  const inputStrides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const dims = permutation.map((axis) => shape[axis]);
  const strides = permutation.map((axis) => inputStrides[axis]);
  const index = dims.map(() => 0);
  let offset = 0;
  for (let position = 0; position < data.length; position++) {
    result[position] = data[offset];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < dims[axis]) break;
      offset -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return result;
}
