import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor, Shape } from '#primitives';
import { createForwardContext } from './create-forward-context.js';
import type { ForwardFunction } from './forward-context.js';
import type { Trace } from './trace.js';
import { trace } from './trace-backend.js';

/** Name of the one input of a traced forward function. */
export const forwardInput = 'input';

/** Name of the input for a tensor that is no constant. */
export const tensorInput = (name: string): string => `tensor/${name}`;

/**
 * Runs a forward function symbolically in eval mode; `outputs` names what comes out.
 *
 * @param options.tensorsAre Constants of the trace, or inputs of it. @default constants
 */
export function traceForward(
  forward: ForwardFunction,
  tensors: readonly NamedTensor[],
  inputShape: Shape,
  outputs: (result: Tensor) => Readonly<Record<string, Tensor>>,
  { tensorsAre = 'constants' }: { readonly tensorsAre?: 'constants' | 'inputs' } = {},
): Trace {
  return trace((tracer) => {
    const toTensor = ({ name, shape, data }: NamedTensor): Tensor =>
      tensorsAre === 'inputs'
        ? tracer.input(tensorInput(name), shape, 'float32')
        : tf.tensor(data, [...shape], 'float32');
    const values = new Map(tensors.map((tensor) => [tensor.name, toTensor(tensor)]));
    const context = createForwardContext({ tensors: values, onScope: tracer.setScope });
    return outputs(forward(tracer.input(forwardInput, inputShape, 'float32'), context));
  });
}
