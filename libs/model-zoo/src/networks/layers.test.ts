import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adaptiveAveragePoolFlat } from './adaptive-average-pool.js';
import { formulaUnits } from './formula-tensors.fixture.js';
import { averagePool, maxPool, type PoolOptions, poolPadding } from './layers.js';
import type { LayerContext } from './network.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const context = {} as LayerContext;

/** Output sizes by torch 1.13: MaxPool2d(kernel, stride, padding, ceil_mode) on a square of `size`. */
test.each([
  [3, 2, 0, true, [2, 3, 4, 5, 6, 7, 8, 13, 27, 55, 56], [1, 1, 2, 2, 3, 3, 4, 6, 13, 27, 28]],
  [3, 2, 1, true, [1, 2, 3, 4, 5, 6, 7], [1, 2, 2, 3, 3, 4, 4]],
  [2, 3, 0, true, [2, 3, 4, 5, 6, 7], [1, 1, 2, 2, 2, 3]],
  [3, 2, 1, false, [1, 2, 3, 4, 5, 6, 112], [1, 1, 2, 2, 3, 3, 56]],
  [3, 2, 0, false, [3, 4, 5, 55], [1, 1, 2, 27]],
])('maxPool() of %i, stride %i, padding %i, ceil %s has the output sizes of torch', (...row) => {
  const [kernel, stride, padding, ceilMode, sizes, expected] = row;
  const pool = maxPool({ kernel, stride, padding, ceilMode });
  const outputs = sizes.map((size) => pool(tf.zeros([1, size, size, 1]), context).shape[1]);
  expect(outputs).toEqual(expected);
});

/** The definition, over the windows that torch visits; positions outside never win. */
function windowMaxima(
  values: Float32Array,
  size: number,
  outputs: number,
  { kernel, stride, padding = 0 }: PoolOptions,
) {
  const inside = (start: number) =>
    Array.from({ length: kernel }, (_, tap) => start * stride - padding + tap).filter((at) => at >= 0 && at < size);
  return Array.from({ length: outputs * outputs }, (_, index) => {
    const rows = inside(Math.floor(index / outputs));
    const columns = inside(index % outputs);
    return Math.max(...rows.flatMap((row) => columns.map((column) => values[row * size + column])));
  });
}

test.each([
  [6, { kernel: 3, stride: 2, ceilMode: true }],
  [7, { kernel: 3, stride: 2, ceilMode: true }],
  [5, { kernel: 3, stride: 2, padding: 1 }],
  [6, { kernel: 3, stride: 2, padding: 1, ceilMode: true }],
])('maxPool() of %i px takes the largest value inside each window, negative values too', (size, options) => {
  const values = formulaUnits('pool', size * size).map((unit) => unit - 2);
  const pooled = maxPool(options)(tf.tensor(values, [1, size, size, 1]), context);
  expect([...pooled.dataSync()]).toEqual(windowMaxima(values, size, pooled.shape[1] as number, options));
});

test.each([
  [5, { kernel: 3, stride: 1, padding: 1 }],
  [6, { kernel: 3, stride: 2, padding: 1 }],
  [7, { kernel: 2, stride: 2 }],
  [11, { kernel: 5, stride: 3 }],
])('averagePool() of %i px counts the zeros around the picture, as torch does', (size, options) => {
  const values = formulaUnits('pool', size * size);
  const { kernel, stride, padding = 0 } = options as PoolOptions;
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= size || column >= size ? 0 : values[row * size + column];
  const pooled = averagePool(options)(tf.tensor(values, [1, size, size, 1]), context);
  const outputs = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  expect(pooled.shape).toEqual([1, outputs, outputs, 1]);
  for (const [index, mean] of pooled.dataSync().entries()) {
    const [top, left] = [Math.floor(index / outputs) * stride - padding, (index % outputs) * stride - padding];
    let sum = 0;
    for (let tap = 0; tap < kernel ** 2; tap++) sum += at(top + Math.floor(tap / kernel), left + (tap % kernel));
    expect(mean).toBeCloseTo(sum / kernel ** 2, 6);
  }
});

test('poolPadding() adds nothing where windows end at the edge', () => {
  expect(poolPadding(7, { kernel: 3, stride: 2, ceilMode: true })).toEqual([0, 0]);
  expect(poolPadding(8, { kernel: 3, stride: 2, ceilMode: true })).toEqual([0, 1]);
});

/** torch's definition: cell i averages positions floor(i·n/6) … ceil((i+1)·n/6) - 1. */
function cellMeans(values: Float32Array, height: number, width: number): number[] {
  const span = (cell: number, size: number) => [Math.floor((cell * size) / 6), Math.ceil(((cell + 1) * size) / 6)];
  return Array.from({ length: 36 }, (_, index) => {
    const [top, bottom] = span(Math.floor(index / 6), height);
    const [left, right] = span(index % 6, width);
    let sum = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += values[y * width + x];
    return sum / ((bottom - top) * (right - left));
  });
}

test.each([
  [1, 1],
  [2, 3],
  [6, 6],
  [7, 13],
  [12, 6],
])('adaptiveAveragePoolFlat() averages %i × %i to 6 × 6 in channel order', (height, width) => {
  const channels = [formulaUnits('red', height * width), formulaUnits('green', height * width)];
  const x = tf.expandDims(
    tf.stack(
      channels.map((values) => tf.tensor2d(values, [height, width])),
      2,
    ),
    0,
  ) as tf.Tensor4D;
  const means = channels.flatMap((values) => cellMeans(values, height, width));
  const flat = adaptiveAveragePoolFlat(x, 6);
  expect(flat.shape).toEqual([1, 72]);
  for (const [index, value] of flat.dataSync().entries()) expect(value).toBeCloseTo(means[index], 6);
});
