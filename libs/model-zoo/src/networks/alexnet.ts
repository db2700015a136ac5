import type * as tf from '@tensorflow/tfjs-core';
import { adaptiveAveragePoolFlat } from './adaptive-average-pool.js';
import { dropout, maxPool, relu, sequence } from './layers.js';
import type { NetworkDraft } from './network-draft.js';

const features = [
  { name: 'features.0', inputs: 3, outputs: 64, kernel: 11, stride: 4, padding: 2, pooled: true },
  { name: 'features.3', inputs: 64, outputs: 192, kernel: 5, stride: 1, padding: 2, pooled: true },
  { name: 'features.6', inputs: 192, outputs: 384, kernel: 3, stride: 1, padding: 1, pooled: false },
  { name: 'features.8', inputs: 384, outputs: 256, kernel: 3, stride: 1, padding: 1, pooled: false },
  { name: 'features.10', inputs: 256, outputs: 256, kernel: 3, stride: 1, padding: 1, pooled: true },
] as const;

/** Side of the feature map that the first dense layer expects. */
const pooledSide = 6;

/**
 * AlexNet's layers. `avgpool` is a block of its own, so that `partial` caches 9,216 numbers an image.
 *
 * @see torchvision/models/alexnet.py 0.14
 */
export function draftAlexnet(draft: NetworkDraft, classes: number): void {
  for (const { name, pooled, ...geometry } of features) {
    draft.block(name, () => {
      const convolution = draft.convolution(name, geometry);
      return pooled ? sequence(convolution, relu, maxPool({ kernel: 3, stride: 2 })) : sequence(convolution, relu);
    });
  }
  draft.block('avgpool', () => (x) => adaptiveAveragePoolFlat(x as tf.Tensor4D, pooledSide));
  const flat = 256 * pooledSide * pooledSide;
  draft.block('classifier.1', () =>
    sequence(dropout(0.5), draft.dense('classifier.1', { inputs: flat, outputs: 4096 }), relu),
  );
  draft.block('classifier.4', () =>
    sequence(dropout(0.5), draft.dense('classifier.4', { inputs: 4096, outputs: 4096 }), relu),
  );
  draft.block('classifier.6', () => draft.dense('classifier.6', { inputs: 4096, outputs: classes }));
}
