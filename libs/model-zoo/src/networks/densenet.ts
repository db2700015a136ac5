import * as tf from '@tensorflow/tfjs-core';
import { constant, kaimingNormal } from './initial-state.js';
import { averagePool, globalAveragePool, maxPool, relu, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { NetworkDraft } from './network-draft.js';

/** Channels of the stem, channels that each dense layer adds, and dense layers in each of the four blocks. */
interface Geometry {
  readonly stem: number;
  readonly growth: number;
  readonly lengths: readonly [number, number, number, number];
}

const geometries: Readonly<Record<string, Geometry>> = {
  densenet121: { stem: 64, growth: 32, lengths: [6, 12, 24, 16] },
  densenet161: { stem: 96, growth: 48, lengths: [6, 12, 36, 24] },
  densenet169: { stem: 64, growth: 32, lengths: [6, 12, 32, 32] },
  densenet201: { stem: 64, growth: 32, lengths: [6, 12, 48, 32] },
};

/** A dense layer's 1×1 convolution gives this many times the growth. */
const bottleneckFactor = 4;

/**
 * DenseNet's layers. The ReLU and the pooling after the last norm are functions in torchvision, not modules; here they
 * belong to the block of that norm.
 *
 * @see torchvision/models/densenet.py 0.14
 */
export function draftDensenet(draft: NetworkDraft, classes: number, architecture: string): void {
  const { stem, growth, lengths } = geometries[architecture];
  draft.block('features.conv0', () =>
    sequence(
      convolution(draft, 'features.conv0', { inputs: 3, outputs: stem, kernel: 7, stride: 2 }),
      draft.batchNorm('features.norm0', stem),
      relu,
      maxPool({ kernel: 3, stride: 2, padding: 1 }),
    ),
  );
  let channels = stem;
  for (const [index, length] of lengths.entries()) {
    const name = `features.denseblock${index + 1}`;
    const inputs = channels;
    draft.block(name, () => denseBlock(draft, name, { inputs, growth, length }));
    channels += growth * length;
    if (index + 1 === lengths.length) break;
    const wide = channels;
    channels = Math.floor(channels / 2);
    const narrow = channels;
    const transition = `features.transition${index + 1}`;
    draft.block(transition, () =>
      sequence(
        draft.batchNorm(`${transition}.norm`, wide),
        relu,
        convolution(draft, `${transition}.conv`, { inputs: wide, outputs: narrow, kernel: 1 }),
        averagePool({ kernel: 2, stride: 2 }),
      ),
    );
  }
  draft.block('features.norm5', () => sequence(draft.batchNorm('features.norm5', channels), relu, globalAveragePool));
  draft.block('classifier', () => draft.dense('classifier', { inputs: channels, outputs: classes, bias: constant(0) }));
}

/** Every layer reads what all layers before it gave, and adds `growth` channels. */
function denseBlock(
  draft: NetworkDraft,
  name: string,
  { inputs, growth, length }: { inputs: number; growth: number; length: number },
): Layer {
  const layers = Array.from({ length }, (_, index) =>
    denseLayer(draft, `${name}.denselayer${index + 1}`, inputs + index * growth, growth),
  );
  return (x, context) => layers.reduce((known, layer) => tf.concat([known, layer(known, context)], 3), x);
}

function denseLayer(draft: NetworkDraft, name: string, inputs: number, growth: number): Layer {
  const width = bottleneckFactor * growth;
  return sequence(
    draft.batchNorm(`${name}.norm1`, inputs),
    relu,
    convolution(draft, `${name}.conv1`, { inputs, outputs: width, kernel: 1 }),
    draft.batchNorm(`${name}.norm2`, width),
    relu,
    convolution(draft, `${name}.conv2`, { inputs: width, outputs: growth, kernel: 3 }),
  );
}

/** A convolution without bias that keeps the size at stride 1; its initial state goes by what it reads. */
function convolution(
  draft: NetworkDraft,
  name: string,
  geometry: { inputs: number; outputs: number; kernel: number; stride?: number },
): Layer {
  const { inputs, kernel } = geometry;
  const weight = kaimingNormal(inputs * kernel * kernel);
  return draft.convolution(name, { ...geometry, padding: (kernel - 1) / 2, bias: false, weight });
}
