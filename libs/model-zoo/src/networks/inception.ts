import * as tf from '@tensorflow/tfjs-core';
import { auxiliaryHead, auxiliaryHeadFits } from './inception-auxiliary-head.js';
import { convolution, gridReduction, type InceptionModule, module8, module17, module35 } from './inception-modules.js';
import { normal } from './initial-state.js';
import { dropout, globalAveragePool, maxPool, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { NetworkDraft } from './network-draft.js';

/** Modules in order, with the channels they read; each is a block. */
const modules: readonly (readonly [name: string, inputs: number, module: InceptionModule])[] = [
  ['Mixed_5b', 192, module35(32)],
  ['Mixed_5c', 256, module35(64)],
  ['Mixed_5d', 288, module35(64)],
  ['Mixed_6a', 288, gridReduction.to17],
  ['Mixed_6b', 768, module17(128)],
  ['Mixed_6c', 768, module17(160)],
  ['Mixed_6d', 768, module17(160)],
  ['Mixed_6e', 768, module17(192)],
  ['Mixed_7a', 768, gridReduction.to8],
  ['Mixed_7b', 1280, module8],
  ['Mixed_7c', 2048, module8],
];

/**
 * Inception v3's layers, with `transform_input`. The auxiliary head reads the output of Mixed_6e and belongs to its
 * block: it runs, and adds to the loss, where that block is trained. At image sizes that leave it less than 17 × 17 it
 * does not run at all (torchvision cannot train there); its tensors are then read by no block.
 *
 * @see torchvision/models/inception.py 0.14
 */
export function draftInception(draft: NetworkDraft, classes: number, _architecture: string, imageSize: number): void {
  const pool = maxPool({ kernel: 3, stride: 2 });
  draft.block('Conv2d_1a_3x3', () =>
    sequence(transformInput, convolution(draft, 'Conv2d_1a_3x3', { inputs: 3, outputs: 32, kernel: 3, stride: 2 })),
  );
  draft.block('Conv2d_2a_3x3', () => convolution(draft, 'Conv2d_2a_3x3', { inputs: 32, outputs: 32, kernel: 3 }));
  draft.block('Conv2d_2b_3x3', () =>
    sequence(convolution(draft, 'Conv2d_2b_3x3', { inputs: 32, outputs: 64, kernel: 3, padding: 1 }), pool),
  );
  draft.block('Conv2d_3b_1x1', () => convolution(draft, 'Conv2d_3b_1x1', { inputs: 64, outputs: 80, kernel: 1 }));
  draft.block('Conv2d_4a_3x3', () =>
    sequence(convolution(draft, 'Conv2d_4a_3x3', { inputs: 80, outputs: 192, kernel: 3 }), pool),
  );
  for (const [name, inputs, module] of modules) {
    draft.block(name, () => {
      const layer = module(draft, name, inputs);
      return name === 'Mixed_6e' ? sequence(layer, withAuxiliaryHead(draft, classes, imageSize)) : layer;
    });
  }
  draft.block('avgpool', () => globalAveragePool);
  draft.block('fc', () =>
    sequence(dropout(0.5), draft.dense('fc', { inputs: 2048, outputs: classes, weight: normal(0.1) })),
  );
}

function withAuxiliaryHead(draft: NetworkDraft, classes: number, imageSize: number): Layer {
  if (!auxiliaryHeadFits(imageSize)) {
    draft.unread(() => auxiliaryHead(draft, 'AuxLogits', classes));
    return (x) => x;
  }
  const head = auxiliaryHead(draft, 'AuxLogits', classes);
  return (x, context) => {
    if (context.training) context.auxiliary(head(x, context), auxiliaryLossWeight);
    return x;
  };
}

/** Of the auxiliary head's cross-entropy, as torchvision's references/classification/train.py 0.14 adds it. */
const auxiliaryLossWeight = 0.4;

/** From ImageNet's channel statistics to mean 0.5 and deviation 0.5: what the published weights were trained on. */
const transformInput: Layer = (x) => {
  const scale = [0.229 / 0.5, 0.224 / 0.5, 0.225 / 0.5];
  const shift = [(0.485 - 0.5) / 0.5, (0.456 - 0.5) / 0.5, (0.406 - 0.5) / 0.5];
  return tf.add(tf.mul(x, tf.tensor1d(scale)), tf.tensor1d(shift));
};
