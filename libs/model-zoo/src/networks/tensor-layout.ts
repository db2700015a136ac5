import type { NamedTensor, Shape } from '#primitives';

/**
 * A tensor as torchvision's files hold it: filters HWIO become OIHW, dense [in, out] becomes [out, in]; other ranks are
 * returned as they are.
 */
export function toTorchLayout(tensor: NamedTensor): NamedTensor {
  const { name, shape, data } = tensor;
  if (shape.length === 2) return { name, shape: torchShape(shape), data: transpose(data, shape[0], shape[1]) };
  if (shape.length !== 4) return tensor;
  const [height, width, inputs, outputs] = shape;
  const area = height * width;
  const result = new Float32Array(data.length);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const target = (output * inputs + input) * area;
      for (let tap = 0; tap < area; tap++) result[target + tap] = data[(tap * inputs + input) * outputs + output];
    }
  }
  return { name, shape: torchShape(shape), data: result };
}

/** A tensor as the networks use it: the inverse of `toTorchLayout`. */
export function toTfjsLayout(tensor: NamedTensor): NamedTensor {
  const { name, shape, data } = tensor;
  if (shape.length === 2) return { name, shape: [shape[1], shape[0]], data: transpose(data, shape[0], shape[1]) };
  if (shape.length !== 4) return tensor;
  const [outputs, inputs, height, width] = shape;
  const area = height * width;
  const result = new Float32Array(data.length);
  for (let tap = 0; tap < area; tap++) {
    for (let input = 0; input < inputs; input++) {
      const target = (tap * inputs + input) * outputs;
      for (let output = 0; output < outputs; output++) {
        result[target + output] = data[(output * inputs + input) * area + tap];
      }
    }
  }
  return { name, shape: [height, width, inputs, outputs], data: result };
}

/** Shape in torchvision's files of a tensor with this shape in tfjs layout. */
export function torchShape(shape: Shape): Shape {
  if (shape.length === 2) return [shape[1], shape[0]];
  return shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape;
}

/** Tiles of 32 × 32 stay in the first-level cache: on AlexNet's 9216 × 4096 several times faster than row by row. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const tile = 32;
  const result = new Float32Array(data.length);
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(top + tile, rows);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(left + tile, columns);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) result[column * rows + row] = data[row * columns + column];
      }
    }
  }
  return result;
}
