import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { printTrace } from './print-trace.fixture.js';
import { trace } from './trace-backend.js';

test('trace() records kernels with their layer, inputs and constants', async () => {
  await tf.setBackend('cpu');
  const foreign = tf.tensor1d([1, 2, 3]);
  const traced = trace((tracer) => {
    const x = tracer.input('x', [2, 3], 'float32');
    tracer.setScope('layer1');
    return { y: tf.relu(tf.add(x, foreign)), z: tf.ones([4, 4]) };
  });
  expect(printTrace(traced)).toBe(
    [
      'input x: %0 float32[2,3]',
      '%2 float32[2,3] = Add(a=%0, b=%1) # layer1',
      '%3 float32[2,3] = Relu(x=%2) # layer1',
      'output y: %3 float32[2,3]',
      'output z: %4 float32[4,4]',
    ].join('\n'),
  );
  expect([...traced.constants.values()]).toEqual([
    { values: Float32Array.of(1, 2, 3), uniform: false },
    { values: Float32Array.of(1), uniform: true },
  ]);
  expect(tf.getBackend()).toBe('cpu');
  expect([...foreign.dataSync()]).toEqual([1, 2, 3]); // still readable, though the trace took it over
});

test('trace() refuses to read a traced value and leaves the backend as it was', async () => {
  await tf.setBackend('cpu');
  expect(() =>
    trace((tracer) => {
      const x = tracer.input('x', [2], 'float32');
      return { y: tf.scalar(tf.exp(x).dataSync()[0]) };
    }),
  ).toThrow('Cannot read a traced value [2]: it is known at run time only');
  expect(tf.getBackend()).toBe('cpu');
});

test('trace() names a kernel it does not know', () => {
  expect(() =>
    trace((tracer) => {
      tracer.setScope('layer4.0');
      return { y: tf.acos(tracer.input('x', [2], 'float32')) };
    }),
  ).toThrow('Cannot compile kernel Acos in layer4.0: it is not in the lowering table');
});

test('trace() refuses a traced tensor of an earlier trace', () => {
  let kept: tf.Tensor | undefined;
  trace((tracer) => {
    kept = tf.keep(tf.exp(tracer.input('x', [2], 'float32')));
    return { y: kept };
  });
  expect(() => trace(() => ({ y: tf.exp(kept as tf.Tensor) }))).toThrow('A traced tensor was used after its trace');
});
