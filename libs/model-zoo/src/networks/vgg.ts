import type * as tf from '@tensorflow/tfjs-core';
import { adaptiveAveragePoolFlat } from './adaptive-average-pool.js';
import { constant, kaimingNormal, normal } from './initial-state.js';
import { dropout, maxPool, relu, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { NetworkDraft } from './network-draft.js';

/** Convolutions in each of the five groups that a pooling layer ends, by the number of layers with weights. */
const groupLengths: Readonly<Record<string, readonly number[]>> = {
  vgg11: [1, 1, 2, 2, 2],
  vgg13: [2, 2, 2, 2, 2],
  vgg16: [2, 2, 3, 3, 3],
  vgg19: [2, 2, 4, 4, 4],
};
const groupWidths = [64, 128, 256, 512, 512];

/** Side of the feature map that the first dense layer expects. */
const pooledSide = 7;

/**
 * VGG's layers, a block for each group of convolutions and for each dense layer. As in AlexNet, `avgpool` is a block of
 * its own; each dropout comes with the layer after it, so that the one before the head is trained with the head.
 *
 * @see torchvision/models/vgg.py 0.14
 */
export function draftVgg(draft: NetworkDraft, classes: number, architecture: string): void {
  const batchNorm = architecture.endsWith('_bn');
  let inputs = 3;
  let position = 0;
  for (const [group, length] of groupLengths[architecture.replace('_bn', '')].entries()) {
    const outputs = groupWidths[group];
    draft.block(`features.${position}`, () => {
      const layers: Layer[] = [];
      for (let index = 0; index < length; index++) {
        layers.push(convolution(draft, `features.${position}`, inputs, outputs));
        if (batchNorm) layers.push(draft.batchNorm(`features.${position + 1}`, outputs));
        layers.push(relu);
        position += batchNorm ? 3 : 2;
        inputs = outputs;
      }
      position++;
      return sequence(...layers, maxPool({ kernel: 2, stride: 2 }));
    });
  }
  draft.block('avgpool', () => (x) => adaptiveAveragePoolFlat(x as tf.Tensor4D, pooledSide));
  draft.block('classifier.0', () => sequence(dense(draft, 'classifier.0', inputs * pooledSide ** 2, 4096), relu));
  draft.block('classifier.3', () => sequence(dropout(0.5), dense(draft, 'classifier.3', 4096, 4096), relu));
  draft.block('classifier.6', () => sequence(dropout(0.5), dense(draft, 'classifier.6', 4096, classes)));
}

function convolution(draft: NetworkDraft, name: string, inputs: number, outputs: number): Layer {
  const weight = kaimingNormal(outputs * 9);
  return draft.convolution(name, { inputs, outputs, kernel: 3, padding: 1, weight, bias: constant(0) });
}

function dense(draft: NetworkDraft, name: string, inputs: number, outputs: number): Layer {
  return draft.dense(name, { inputs, outputs, weight: normal(0.01), bias: constant(0) });
}
