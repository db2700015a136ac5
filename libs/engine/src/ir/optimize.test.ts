import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { lowerTrace } from '../lower/lower-trace.js';
import { runCompiled, type TestInput } from '../lower/run-compiled.fixture.js';
import { trace } from '../trace/trace-backend.js';
import { int, ints } from './attribute.js';
import { eliminateCommonSubexpressions } from './eliminate-common-subexpressions.js';
import { eliminateDeadCode } from './eliminate-dead-code.js';
import { fold } from './fold.js';
import { fuseBias } from './fuse-bias.js';
import type { Graph } from './graph.js';
import { GraphBuilder } from './graph-builder.js';
import { optimize, passes } from './optimize.js';
import { printGraph } from './print-graph.js';
import { verifyGraph } from './verify-graph.js';

const operators = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);

/** A builder with one float32 input [2, 3]. */
function start() {
  const builder = new GraphBuilder();
  const x = builder.input('x', 'float32', [2, 3]);
  const node = (op: string, inputs: Parameters<GraphBuilder['node']>[1], shape: number[] = [2, 3], attributes = {}) =>
    builder.describe(builder.node(op, inputs, attributes), 'float32', shape);
  return { builder, x, node };
}

/** conv + bias → relu → mean → times ones: something for every pass. */
function layer([x, filter, bias]: tf.Tensor[]): tf.Tensor[] {
  const y = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'), bias));
  const spread = tf.mul(tf.mean(y, [1, 2], true), tf.ones(y.shape));
  return [tf.reshape(tf.sub(y, spread), [2, -1])];
}

const shapes = [[2, 8, 8, 3], [3, 3, 3, 5], [5]];

test.each([...Object.entries(passes), ['optimize', optimize] as const])(
  '%s keeps the result of a layer',
  async (_, pass) => {
    const rng = new Rng(1);
    const inputs: TestInput[] = shapes.map((shape) => ({
      shape,
      dtype: 'float32',
      values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
    }));
    const [plain] = await runCompiled(inputs, layer, verifyGraph);
    const [changed] = await runCompiled(inputs, layer, (graph) => verifyGraph(pass(graph)));
    expect(changed.shape).toEqual([2, 320]);
    plain.values.forEach((value, index) => {
      expect(Math.abs(changed.values[index] - value)).toBeLessThan(1e-6);
    });
  },
);

test('printGraph() of an optimised layer', () => {
  const traced = trace((tracer) => {
    tracer.setScope('stem');
    const tensors = shapes.map((shape, index) => tracer.input(['x', 'filter', 'bias'][index], shape, 'float32'));
    return { y: layer(tensors)[0] };
  });
  expect(printGraph(optimize(lowerTrace(traced, 'layer')))).toMatchInlineSnapshot(`
    "graph layer {
      input x: %0 float32[2,8,8,3]
      input filter: %1 float32[3,3,3,5]
      input bias: %2 float32[5]
      %3 float32[2,3,8,8] = Transpose(%0) {perm=[0,3,1,2]} # stem
      %4 float32[5,3,3,3] = Transpose(%1) {perm=[3,2,0,1]} # stem
      %5 float32[2,5,8,8] = Conv(%3, %4, %2) {kernel_shape=[3,3], strides=[1,1], pads=[1,1,1,1], dilations=[1,1]} # stem
      %6 float32[2,5,8,8] = Relu(%5) # stem
      %7 float32[2,5,1,1] = ReduceMean(%6, int64[2](2 3)) {keepdims=1} # stem
      %8 float32[2,5,8,8] = Sub(%6, %7) # stem
      %9 float32[2,8,8,5] = Transpose(%8) {perm=[0,2,3,1]} # stem
      %10 float32[2,320] = Reshape(%9, int64[2](2 320)) # stem
      output y: %10 float32[2,320]
    }"
  `);
});

test('fold() removes what computes nothing and keeps what does', () => {
  const { builder, x, node } = start();
  const one = builder.constant('float32', [1, 1], Float32Array.of(1));
  const zero = builder.scalar(0);
  const same = node('Sub', [node('Add', [zero, node('Div', [node('Mul', [x, one]), one])]), zero]);
  const kept = node('Mul', [node('Sub', [zero, same]), zero]);
  const graph = fold(builder.finish('f', [{ name: 'y', value: kept }]));
  expect(operators(graph)).toEqual(['Sub', 'Mul']);
});

test('fold() does not drop a product with ones that makes the result larger', () => {
  const { builder, x, node } = start();
  const ones = builder.constant('float32', [1, 1, 1], Float32Array.of(1));
  const graph = fold(builder.finish('f', [{ name: 'y', value: node('Mul', [x, ones], [1, 2, 3]) }]));
  expect(operators(graph)).toEqual(['Mul']);
});

test('fold() transposes and reshapes constants', () => {
  const { builder, node } = start();
  const constant = builder.constant('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  const turned = node('Transpose', [constant], [3, 2], { perm: ints([1, 0]) });
  const flat = node('Reshape', [turned, builder.integers([6])], [6]);
  const graph = fold(builder.finish('f', [{ name: 'y', value: flat }]));
  expect(graph.nodes).toEqual([]);
  expect([...(graph.constants.get(graph.outputs[0].value)?.data ?? [])]).toEqual([1, 4, 2, 5, 3, 6]);
});

test('eliminateCommonSubexpressions() merges equal nodes and tells attributes apart', () => {
  const { builder, x, node } = start();
  const twice = [node('Relu', [x]), node('Relu', [x])];
  const sums = [0, 1].map((keep) => node('ReduceSum', [twice[keep]], [2, 1], { keepdims: int(keep) }));
  const graph = eliminateCommonSubexpressions(
    builder.finish(
      'f',
      sums.map((value, index) => ({ name: `y${index}`, value })),
    ),
  );
  expect(operators(graph)).toEqual(['Relu', 'ReduceSum', 'ReduceSum']);
});

test('eliminateDeadCode() drops unread nodes, constants and trailing outputs', () => {
  const { builder, x, node } = start();
  node('Mul', [x, builder.scalar(3)]);
  const [values] = builder.nodes('MaxPool', [x], {}, 2);
  builder.describe(values, 'float32', [2, 3]);
  const graph = eliminateDeadCode(builder.finish('f', [{ name: 'y', value: values }]));
  expect(graph.nodes.map(({ op, outputs }) => [op, outputs.length])).toEqual([['MaxPool', 1]]);
  expect(graph.constants.size).toBe(0);
});

test('fuseBias() takes a vector per output channel and nothing else', () => {
  const fused = (biasShape: number[], resultShape = [2, 3]): string[] => {
    const { builder, x, node } = start();
    const weight = builder.input('w', 'float32', [3, 3]);
    const bias = builder.input('b', 'float32', biasShape);
    const sum = node(
      'Add',
      [node('Gemm', [x, weight]), node('Reshape', [bias, builder.integers([1, 3])], [1, 3])],
      resultShape,
    );
    return operators(eliminateDeadCode(fuseBias(builder.finish('f', [{ name: 'y', value: sum }]))));
  };
  expect(fused([3])).toEqual(['Gemm']);
  expect(fused([3, 1])).toEqual(['Gemm', 'Reshape', 'Add']);
});

test('verifyGraph() names what is wrong', () => {
  const { builder, x, node } = start();
  const y = node('Relu', [x]);
  const z = node('Exp', [y]);
  const graph = builder.finish('f', [{ name: 'z', value: z }]);
  expect(verifyGraph(graph)).toBe(graph);
  const [relu, exp] = graph.nodes;
  expect(() => verifyGraph({ ...graph, nodes: [exp, relu] })).toThrow('Exp reads %1 before its definition');
  expect(() => verifyGraph({ ...graph, nodes: [relu, relu, exp] })).toThrow('Relu defines %1 again');
  expect(() => verifyGraph({ ...graph, nodes: [relu] })).toThrow('output z is never defined');
  expect(() => verifyGraph({ ...graph, captures: [{ name: 'c', value: z }] })).toThrow('captures c');
  const shape = new Map([[y, { dtype: 'float32' as const, shape: [2], data: new Float32Array(3) }]]);
  expect(() => verifyGraph({ ...graph, constants: shape })).toThrow('has 3 elements, shape [2]');
  expect(() => verifyGraph({ ...graph, types: new Map() })).toThrow('has no type');
});
