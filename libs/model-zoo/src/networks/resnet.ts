import * as tf from '@tensorflow/tfjs-core';
import { kaimingNormal } from './initial-state.js';
import { globalAveragePool, maxPool, relu, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { NetworkDraft } from './network-draft.js';

/** Residual blocks in each of the four stages. */
const depths: Readonly<Record<string, readonly [number, number, number, number]>> = {
  resnet18: [2, 2, 2, 2],
};

/**
 * ResNet's layers for the architectures of basic blocks.
 *
 * @see torchvision/models/resnet.py 0.14
 */
export function draftResnet(draft: NetworkDraft, classes: number, architecture: string): void {
  draft.block('conv1', () =>
    sequence(
      convolution(draft, 'conv1', { inputs: 3, outputs: 64, kernel: 7, stride: 2 }),
      draft.batchNorm('bn1', 64),
      relu,
      maxPool({ kernel: 3, stride: 2, padding: 1 }),
    ),
  );
  let inputs = 64;
  for (const [index, length] of depths[architecture].entries()) {
    const outputs = 64 * 2 ** index;
    const stage = `layer${index + 1}`;
    const firstStride = index === 0 ? 1 : 2;
    const stageInputs = inputs;
    draft.block(stage, () =>
      sequence(
        ...Array.from({ length }, (_, position) =>
          position === 0
            ? basicBlock(draft, `${stage}.0`, stageInputs, outputs, firstStride)
            : basicBlock(draft, `${stage}.${position}`, outputs, outputs, 1),
        ),
      ),
    );
    inputs = outputs;
  }
  draft.block('avgpool', () => globalAveragePool);
  draft.block('fc', () => draft.dense('fc', { inputs, outputs: classes }));
}

/** Two 3×3 convolutions beside an identity, which is projected where the shape changes. */
function basicBlock(draft: NetworkDraft, name: string, inputs: number, outputs: number, stride: number): Layer {
  const body = sequence(
    convolution(draft, `${name}.conv1`, { inputs, outputs, kernel: 3, stride }),
    draft.batchNorm(`${name}.bn1`, outputs),
    relu,
    convolution(draft, `${name}.conv2`, { inputs: outputs, outputs, kernel: 3, stride: 1 }),
    draft.batchNorm(`${name}.bn2`, outputs),
  );
  const project =
    stride !== 1 || inputs !== outputs
      ? sequence(
          convolution(draft, `${name}.downsample.0`, { inputs, outputs, kernel: 1, stride }),
          draft.batchNorm(`${name}.downsample.1`, outputs),
        )
      : undefined;
  return (x, context) => tf.relu(tf.add(body(x, context), project ? project(x, context) : x));
}

/** A convolution without bias that keeps the size at stride 1, with ResNet's initial state. */
function convolution(
  draft: NetworkDraft,
  name: string,
  { inputs, outputs, kernel, stride }: { inputs: number; outputs: number; kernel: number; stride: number },
): Layer {
  const weight = kaimingNormal(outputs * kernel * kernel);
  return draft.convolution(name, { inputs, outputs, kernel, stride, padding: (kernel - 1) / 2, bias: false, weight });
}
