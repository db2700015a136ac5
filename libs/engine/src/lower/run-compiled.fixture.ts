import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { Shape } from '#primitives';
import type { Graph } from '../ir/graph.js';
import { optimize } from '../ir/optimize.js';
import { modelBytes } from '../onnx/model-bytes.js';
import type { ExecutionDevice, ExecutionProvider } from '../runtime/execution-device.js';
import { openSession } from '../runtime/open-session.js';
import { trace } from '../trace/trace-backend.js';
import { lowerTrace } from './lower-trace.js';

/** An input of a function under test. */
export interface TestInput {
  readonly shape: Shape;
  readonly dtype: DataType;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** How to compile and where to run. */
export interface RunOptions {
  /** What to lower for. @default cpu */
  readonly target?: ExecutionProvider;
  /** @default the processor, which runs the operators of every target but CUDA's own */
  readonly device?: ExecutionDevice;
}

/** Compiles a tfjs function and runs it once on onnxruntime. */
export async function runCompiled(
  inputs: readonly TestInput[],
  apply: (tensors: Tensor[]) => Tensor[],
  transform: (graph: Graph) => Graph = optimize,
  { target = 'cpu', device }: RunOptions = {},
): Promise<{ values: number[]; shape: readonly number[] }[]> {
  const traced = trace((tracer) => {
    const tensors = inputs.map(({ shape, dtype }, index) => tracer.input(`in${index}`, shape, dtype));
    return Object.fromEntries(apply(tensors).map((tensor, index) => [`out${index}`, tensor]));
  });
  const session = await openSession(modelBytes(transform(lowerTrace(traced, 'test', { target }))), {
    threads: 1,
    device,
  });
  const feeds = inputs.map(({ shape, dtype, values }, index): [string, OrtTensor] => [
    `in${index}`,
    new OrtTensor(dtype as 'float32', values as Float32Array, [...shape]),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return traced.outputs.map(({ name }) => ({
    values: Array.from(results[name].data as ArrayLike<number>, Number),
    shape: results[name].dims,
  }));
}
