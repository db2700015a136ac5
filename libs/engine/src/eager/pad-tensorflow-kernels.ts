/**
 * @file TensorFlow's own kernels know the paddings `same` and `valid`; tfjs-node refuses any other for the gradients of
 * a convolution and for pooling. Here the picture is padded first, and what the gradient says of the padding is cut off.
 */

import * as tf from '@tensorflow/tfjs-core';
import {
  type AvgPool,
  type Conv2D,
  type Conv2DBackpropFilter,
  type Conv2DBackpropInput,
  engine,
  getKernel,
  type MaxPool,
  type MaxPoolGrad,
  registerKernel,
  type Tensor,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { convGeometry, type Geometry, poolGeometry } from '../trace/geometry.js';
import type { AttrsOf, InputsOf } from '../trace/kernels.js';

type Padded =
  | typeof AvgPool
  | typeof Conv2D
  | typeof Conv2DBackpropFilter
  | typeof Conv2DBackpropInput
  | typeof MaxPool
  | typeof MaxPoolGrad;

/** How a kernel gets along without padding: `run` is the kernel itself with `valid`. */
interface PaddedForm<K extends Padded> {
  geometry(inputs: InputsOf<K, Tensor>, attrs: AttrsOf<K>): Geometry;
  apply(
    inputs: InputsOf<K, Tensor>,
    pads: Geometry['pads'],
    run: (inputs: InputsOf<K, Tensor>, attrs?: Partial<AttrsOf<K>>) => Tensor,
    attrs: AttrsOf<K>,
  ): Tensor;
}

const forms: { readonly [K in Padded]: PaddedForm<K> } = {
  AvgPool: {
    geometry: ({ x }, attrs) => poolGeometry(x.shape, attrs),
    // tfjs leaves the padding out of the count: divided by the share of each window that lies in the picture.
    apply: ({ x }, pads, run) => {
      const picture = tf.ones([1, x.shape[1] as number, x.shape[2] as number, 1]);
      return tf.div(run({ x: padded(x, pads, 0) }), run({ x: padded(picture, pads, 0) }));
    },
  },
  Conv2D: {
    geometry: ({ x, filter }, attrs) => convGeometry(x.shape, filter.shape, attrs),
    apply: ({ x, filter }, pads, run) => run({ x: padded(x, pads, 0), filter }),
  },
  Conv2DBackpropFilter: {
    geometry: ({ x }, attrs) => convGeometry(x.shape, attrs.filterShape, attrs),
    apply: ({ x, dy }, pads, run) => run({ x: padded(x, pads, 0), dy }),
  },
  Conv2DBackpropInput: {
    geometry: ({ filter }, attrs) => convGeometry(attrs.inputShape, filter.shape, attrs),
    apply: (inputs, pads, run, { inputShape }) =>
      cropped(run(inputs, { inputShape: grown(inputShape, pads) }), inputShape, pads),
  },
  MaxPool: {
    geometry: ({ x }, attrs) => poolGeometry(x.shape, attrs),
    apply: ({ x }, pads, run) => run({ x: padded(x, pads, Number.NEGATIVE_INFINITY) }),
  },
  MaxPoolGrad: {
    geometry: ({ input }, attrs) => poolGeometry(input.shape, attrs),
    apply: ({ dy, input, output }, pads, run) =>
      cropped(run({ dy, input: padded(input, pads, Number.NEGATIVE_INFINITY), output }), input.shape, pads),
  },
};

/** Gives the backend `tensorflow` every padding; once, after it was loaded. */
export function padTensorflowKernels(): void {
  for (const kernel of Object.keys(forms) as Padded[]) replace(kernel);
}

function replace<K extends Padded>(kernelName: K): void {
  const original = getKernel(kernelName, 'tensorflow');
  const { geometry, apply } = forms[kernelName] as unknown as PaddedForm<K>;
  unregisterKernel(kernelName, 'tensorflow');
  registerKernel({
    ...original,
    kernelFunc: (call) => {
      const inputs = call.inputs as unknown as InputsOf<K, Tensor>;
      const attrs = call.attrs as unknown as AttrsOf<K>;
      if (typeof attrs.pad === 'string') return original.kernelFunc(call);
      const { pads } = geometry(inputs, attrs);
      const unpadded = { ...attrs, pad: 'valid', dimRoundingMode: undefined };
      return tidy(() =>
        apply(
          inputs,
          pads,
          (given, changes) => engine().runKernel(kernelName, given as never, { ...unpadded, ...changes } as never),
          attrs,
        ),
      );
    },
  });
}

function padded(x: Tensor, { top, bottom, left, right }: Geometry['pads'], value: number): Tensor {
  if (top + bottom + left + right === 0) return x;
  return tf.pad(
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value,
  );
}

function grown([n, height, width, c]: readonly number[], { top, bottom, left, right }: Geometry['pads']) {
  return [n, top + height + bottom, left + width + right, c] as [number, number, number, number];
}

function cropped(x: Tensor, shape: readonly number[], { top, left }: Geometry['pads']): Tensor {
  return tf.slice(x, [0, top, left, 0], [...shape]);
}
