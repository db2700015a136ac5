import { type Shape, sizeOf } from '#primitives';
import { type Examples, readExample } from './example-rows.js';

/** What is run: a batch of examples to a batch of results. */
interface Batched {
  readonly batchSize: number;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
}

/** @throws {RangeError} if the batch size is none. */
export function requireBatchSize({ batchSize }: { readonly batchSize: number }): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new RangeError(`batchSize is ${batchSize}, must be an integer >= 1`);
}

/**
 * Maps `count` examples batch by batch; the last batch is padded with zeros, and what they give is dropped.
 *
 * @param inputs [count, ...inputShape].
 * @param runBatch Maps [batchSize, ...inputShape] to [batchSize, ...outputShape].
 * @throws {RangeError} if the length of `inputs` is not that of `count` examples.
 */
export async function runInBatches(
  { batchSize, inputShape, outputShape }: Batched,
  inputs: Examples,
  count: number,
  runBatch: (batch: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const size = sizeOf(inputShape);
  if (inputs.length !== count * size) {
    throw new RangeError(`inputs has ${inputs.length} numbers, must have ${count * size} (${count} × [${inputShape}])`);
  }
  const outputSize = sizeOf(outputShape);
  const results = new Float32Array(count * outputSize);
  for (let start = 0; start < count; start += batchSize) {
    const length = Math.min(batchSize, count - start);
    const output = await runBatch(batchOf(inputs, [start, length], batchSize, size));
    results.set(output.subarray(0, length * outputSize), start * outputSize);
  }
  return results;
}

function batchOf(
  inputs: Examples,
  [start, length]: readonly [number, number],
  batchSize: number,
  size: number,
): Float32Array {
  if (inputs instanceof Float32Array && length === batchSize) {
    return inputs.subarray(start * size, (start + length) * size);
  }
  const batch = new Float32Array(batchSize * size);
  for (let row = 0; row < length; row++) {
    readExample(inputs, start + row, batch.subarray(row * size, (row + 1) * size));
  }
  return batch;
}
