import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor, Shape } from '#primitives';
import { createForwardContext } from './create-forward-context.js';
import type { ForwardFunction } from './forward-context.js';
import type { Trace } from './trace.js';
import { trace } from './trace-backend.js';

/** Name of the one input of a traced forward function. */
export const forwardInput = 'input';

/** Runs a forward function symbolically in eval mode with constant tensors; `outputs` names what comes out. */
export function traceForward(
  forward: ForwardFunction,
  tensors: readonly NamedTensor[],
  inputShape: Shape,
  outputs: (result: Tensor) => Readonly<Record<string, Tensor>>,
): Trace {
  return trace((tracer) => {
    const values = new Map(tensors.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape], 'float32')]));
    const context = createForwardContext({ tensors: values, onScope: tracer.setScope });
    return outputs(forward(tracer.input(forwardInput, inputShape, 'float32'), context));
  });
}
