import * as tf from '@tensorflow/tfjs-core';
import { kaimingNormal } from './initial-state.js';
import { globalAveragePool, maxPool, relu, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { NetworkDraft } from './network-draft.js';

/** Residual blocks in each of the four stages. */
const depths: Readonly<Record<string, readonly [number, number, number, number]>> = {
  resnet18: [2, 2, 2, 2],
  resnet34: [3, 4, 6, 3],
  resnet50: [3, 4, 6, 3],
  resnet101: [3, 4, 23, 3],
  resnet152: [3, 8, 36, 3],
};

/** Those of two convolutions a block; the others have three. */
const basic: ReadonlySet<string> = new Set(['resnet18', 'resnet34']);

/** How much wider than its other convolutions the last one of a bottleneck block is. */
const expansion = 4;

/**
 * ResNet's layers.
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
  const residualBlock = basic.has(architecture) ? basicBlock : bottleneckBlock;
  for (const [index, length] of depths[architecture].entries()) {
    const outputs = 64 * 2 ** index * (basic.has(architecture) ? 1 : expansion);
    const stage = `layer${index + 1}`;
    const firstStride = index === 0 ? 1 : 2;
    const stageInputs = inputs;
    draft.block(stage, () =>
      sequence(
        ...Array.from({ length }, (_, position) =>
          position === 0
            ? residualBlock(draft, `${stage}.0`, stageInputs, outputs, firstStride)
            : residualBlock(draft, `${stage}.${position}`, outputs, outputs, 1),
        ),
      ),
    );
    inputs = outputs;
  }
  draft.block('avgpool', () => globalAveragePool);
  draft.block('fc', () => draft.dense('fc', { inputs, outputs: classes }));
}

/** Two 3×3 convolutions. */
function basicBlock(draft: NetworkDraft, name: string, inputs: number, outputs: number, stride: number): Layer {
  const body = sequence(
    convolution(draft, `${name}.conv1`, { inputs, outputs, kernel: 3, stride }),
    draft.batchNorm(`${name}.bn1`, outputs),
    relu,
    convolution(draft, `${name}.conv2`, { inputs: outputs, outputs, kernel: 3, stride: 1 }),
    draft.batchNorm(`${name}.bn2`, outputs),
  );
  return besideIdentity(draft, name, body, { inputs, outputs, stride });
}

/** A 3×3 convolution between two 1×1; the stride is on the 3×3 ("v1.5"), unlike in the paper. */
function bottleneckBlock(draft: NetworkDraft, name: string, inputs: number, outputs: number, stride: number): Layer {
  const width = outputs / expansion;
  const body = sequence(
    convolution(draft, `${name}.conv1`, { inputs, outputs: width, kernel: 1, stride: 1 }),
    draft.batchNorm(`${name}.bn1`, width),
    relu,
    convolution(draft, `${name}.conv2`, { inputs: width, outputs: width, kernel: 3, stride }),
    draft.batchNorm(`${name}.bn2`, width),
    relu,
    convolution(draft, `${name}.conv3`, { inputs: width, outputs, kernel: 1, stride: 1 }),
    draft.batchNorm(`${name}.bn3`, outputs),
  );
  return besideIdentity(draft, name, body, { inputs, outputs, stride });
}

/** Adds what the block read, projected where the shape changes. */
function besideIdentity(
  draft: NetworkDraft,
  name: string,
  body: Layer,
  { inputs, outputs, stride }: { inputs: number; outputs: number; stride: number },
): Layer {
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
