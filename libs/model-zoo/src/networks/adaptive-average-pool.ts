import * as tf from '@tensorflow/tfjs-core';

/**
 * torch's AdaptiveAvgPool2d(side) followed by flatten: [N, H, W, C] to [N, C·side·side] in channel, row, column order,
 * so that torchvision's dense weights apply. Any H and W >= 1, smaller than `side` included; one constant matrix
 * product, hence with a gradient on every backend.
 */
export function adaptiveAveragePoolFlat(x: tf.Tensor4D, side: number): tf.Tensor2D {
  const [batch, height, width, channels] = x.shape;
  const channelsFirst = tf.transpose(x, [0, 3, 1, 2]);
  if (height === side && width === side) return tf.reshape(channelsFirst, [batch, channels * side * side]);
  const rows = tf.reshape<tf.Rank.R2>(channelsFirst, [batch * channels, height * width]);
  const averages = tf.tensor2d(averagingMatrix(height, width, side), [height * width, side * side]);
  return tf.reshape(tf.matMul(rows, averages), [batch, channels * side * side]);
}

/**
 * Weights [height·width, side·side] of each position in each output: cell i averages the positions
 * floor(i·size/side) … ceil((i+1)·size/side) - 1 of its axis.
 *
 * @see aten/src/ATen/native/AdaptivePooling.h start_index, end_index
 */
export function averagingMatrix(height: number, width: number, side: number): Float32Array {
  const matrix = new Float32Array(height * width * side * side);
  for (let row = 0; row < side; row++) {
    const [top, bottom] = cell(row, height, side);
    for (let column = 0; column < side; column++) {
      const [left, right] = cell(column, width, side);
      const share = 1 / ((bottom - top) * (right - left));
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) matrix[(y * width + x) * side * side + row * side + column] = share;
      }
    }
  }
  return matrix;
}

function cell(index: number, size: number, cells: number): [number, number] {
  return [Math.floor((index * size) / cells), Math.ceil(((index + 1) * size) / cells)];
}
