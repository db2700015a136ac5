import { expect, test } from 'vitest';
import { estimateMemory } from './estimate-memory.js';
import { GraphBuilder } from './graph-builder.js';

/** input [100] → three maps to [1000] in a row → [10]. */
function chain() {
  const builder = new GraphBuilder();
  const step = (op: string, input: Parameters<typeof builder.node>[1][number], size: number) =>
    builder.describe(builder.node(op, [input]), 'float32', [size]);
  const input = builder.input('x', 'float32', [100]);
  const last = ['First', 'Second', 'Third'].reduce((value, op) => step(op, value, 1000), input);
  return builder.finish('chain', [{ name: 'y', value: step('Last', last, 10) }]);
}

test('estimateMemory() counts two of three maps in a row: one is read while the next is written', () => {
  expect(estimateMemory(chain())).toEqual({ peakBytes: 4 * (100 + 1000 + 1000), largestBytes: 4000 });
});

test('estimateMemory() counts a reshaped value once, and keeps it as long as its view is read', () => {
  const builder = new GraphBuilder();
  const input = builder.input('x', 'float32', [10]);
  const map = builder.describe(builder.node('Relu', [input]), 'float32', [1000]);
  const view = builder.describe(builder.node('Reshape', [map, builder.integers([10, 100])]), 'float32', [10, 100]);
  const other = builder.describe(builder.node('Exp', [input]), 'float32', [500]);
  const sum = builder.describe(builder.node('Dot', [view, other]), 'float32', [1]);
  const graph = builder.finish('view', [{ name: 'y', value: sum }]);
  expect(estimateMemory(graph).peakBytes).toBe(4 * (10 + 1000 + 500 + 1) + 2 * 8);
});

test('estimateMemory() keeps constants and outputs to the end', () => {
  const builder = new GraphBuilder();
  const weight = builder.constant('float32', [200], new Float32Array(200));
  const early = builder.describe(builder.node('Relu', [weight]), 'float32', [50]);
  const late = builder.describe(builder.node('Exp', [early]), 'float32', [30]);
  const ports = [
    { name: 'early', value: early },
    { name: 'late', value: late },
  ];
  expect(estimateMemory(builder.finish('ports', ports)).peakBytes).toBe(4 * (200 + 50 + 30));
});

test('estimateMemory() refuses a value whose size is not known', () => {
  const builder = new GraphBuilder();
  const input = builder.input('x', 'float32', ['N', 3]);
  expect(() => estimateMemory(builder.finish('any', [{ name: 'y', value: input }]))).toThrow('has an axis N');
});
