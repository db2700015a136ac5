import { Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../ir/graph-builder.js';
import { modelBytes } from '../onnx/model-bytes.js';
import { openSession } from './open-session.js';

let known: Promise<number> | undefined;

/**
 * Channels of a block of onnxruntime's blocked convolutions on this processor (16 with AVX-512, 8 with AVX); 0 where it
 * has none. Asked of onnxruntime itself, once: the operators are its own, and a build without them refuses the graph.
 */
export function channelBlock(): Promise<number> {
  known ??= ask().catch(() => 0);
  return known;
}

async function ask(): Promise<number> {
  const channels = 4; // the fewest that are reordered
  const builder = new GraphBuilder();
  const x = builder.input('x', 'float32', [1, channels, 1, 1]);
  const blocked = builder.node('ReorderInput', [x], {}, { domain: 'com.microsoft.nchwc' });
  builder.describe(blocked, 'float32', [1, 'block', 1, 1]);
  const session = await openSession(modelBytes(builder.finish('block', [{ name: 'y', value: blocked }])), {
    threads: 1,
  });
  const { y } = await session.run({ x: new Tensor('float32', new Float32Array(channels), [1, channels, 1, 1]) });
  await session.release();
  return y.dims[1];
}
