import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Rng, sizeOf } from '#primitives';
import { runCompiled, type TestInput } from '../lower/run-compiled.fixture.js';
import { channelBlock } from '../runtime/channel-block.js';
import { blockConvolutions } from './block-convolutions.js';
import type { Graph } from './graph.js';
import { optimize } from './optimize.js';
import { verifyGraph } from './verify-graph.js';

/** conv + bias → relu → strided conv → relu that is read twice → conv that nothing rectifies, and a stem of 3 channels. */
function layers([x, stem, first, bias, second, third]: tf.Tensor[]): tf.Tensor[] {
  const conv = (input: tf.Tensor, filter: tf.Tensor, stride: number) =>
    tf.conv2d(input as tf.Tensor4D, filter as tf.Tensor4D, stride, 'same');
  const a = tf.relu(tf.add(conv(conv(x, stem, 1), first, 1), bias));
  const b = tf.relu(conv(a, second, 2));
  return [tf.add(conv(b, third, 1), b)];
}

const shapes = [[2, 18, 16, 3], [3, 3, 3, 32], [3, 3, 32, 64], [64], [3, 5, 64, 32], [3, 3, 32, 32]];

test('blockConvolutions() keeps the result, takes Relu in and goes straight from one convolution to the next', async () => {
  const block = await channelBlock();
  const rng = new Rng(1);
  const inputs: TestInput[] = shapes.map((shape) => ({
    shape,
    dtype: 'float32',
    values: Float32Array.from({ length: sizeOf(shape) }, () => rng.normal() * 0.2),
  }));
  const [plain] = await runCompiled(inputs, layers);
  const operators: string[] = [];
  const [changed] = await runCompiled(inputs, layers, (graph: Graph) => {
    const blocked = verifyGraph(blockConvolutions(optimize(graph), block));
    operators.push(
      ...blocked.nodes.map(({ op, domain }) => `${domain === 'com.microsoft.nchwc' ? 'blocked ' : ''}${op}`),
    );
    return blocked;
  });
  const count = (operator: string): number => operators.filter((other) => other === operator).length;
  expect(count('blocked Conv')).toBe(block === 0 ? 0 : 3);
  expect(count('blocked ReorderInput')).toBe(block === 0 ? 0 : 1);
  expect(count('Relu')).toBe(block === 0 ? 2 : 0);
  const largest = Math.max(...plain.values.map(Math.abs));
  const worst = Math.max(...plain.values.map((value, index) => Math.abs(value - changed.values[index])));
  expect(worst / largest).toBeLessThan(1e-6);
});

test('blockConvolutions() leaves channels that are no multiple of the block', async () => {
  const rng = new Rng(2);
  const inputs: TestInput[] = [
    [1, 9, 9, 12],
    [3, 3, 12, 16],
  ].map((shape) => ({
    shape,
    dtype: 'float32',
    values: Float32Array.from({ length: sizeOf(shape) }, () => rng.normal()),
  }));
  const operators: string[] = [];
  await runCompiled(
    inputs,
    ([x, filter]) => [tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same')],
    (graph) => {
      const blocked = blockConvolutions(optimize(graph), 8);
      operators.push(...blocked.nodes.map(({ domain }) => domain ?? ''));
      return blocked;
    },
  );
  expect(operators).not.toContain('com.microsoft.nchwc');
});
