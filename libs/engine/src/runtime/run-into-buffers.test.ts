import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../ir/graph-builder.js';
import { modelBytes } from '../onnx/model-bytes.js';
import { openSession } from './open-session.js';
import { runIntoBuffers, writingIntoBuffers } from './run-into-buffers.js';

function doubling(): Uint8Array {
  const builder = new GraphBuilder();
  const input = builder.input('x', 'float32', [3]);
  const doubled = builder.describe(builder.node('Add', [input, input]), 'float32', [3]);
  return modelBytes(writingIntoBuffers(builder.finish('doubling', [{ name: 'doubled', value: doubled }])));
}

test('runIntoBuffers() writes every output into its buffer', async () => {
  const session = await openSession(doubling());
  const written = new Float32Array(3);
  const feeds = { x: new Tensor('float32', Float32Array.of(1, -2, 3), [3]) };
  await runIntoBuffers(session, feeds, { doubled: new Tensor('float32', written, [3]) });
  expect([...written]).toEqual([2, -4, 6]);
  await session.release();
});

test('runIntoBuffers() throws what the run throws', async () => {
  const session = await openSession(doubling());
  const buffers = { doubled: new Tensor('float32', new Float32Array(3), [3]) };
  const wrong = { x: new Tensor('float32', new Float32Array(2), [2]) };
  await expect(runIntoBuffers(session, wrong, buffers)).rejects.toThrow('dimensions');
  await session.release();
});
