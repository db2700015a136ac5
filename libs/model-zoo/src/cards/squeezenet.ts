import type { ModelCard } from '../model-card.js';
import { imagenetSpec, imagenetWeights } from './imagenet.js';

/**
 * SqueezeNet. The head is a 1×1 convolution with a ReLU after it, so features cannot be pooled before they are cached;
 * its dropout comes before the convolution and belongs to the trained part at every depth.
 */
const shared = {
  family: 'squeezenet',
  paper: 'Iandola et al. 2016, arXiv:1602.07360',
  heads: [{ name: 'classifier.1', inputs: 512 }],
  headInput: [13, 13, 512],
  cuts: { shallow: 'classifier', partial: 'features.12', deep: 'features.0', scratch: 'features.0' },
  defaultImageSize: 224,
  imageSpec: imagenetSpec,
  tensorCount: 52,
} as const satisfies Partial<ModelCard>;

/** Version 1.0, and version 1.1 with the same accuracy for 2.4 times less work. */
export const squeezenetCards: readonly ModelCard[] = [
  {
    ...shared,
    name: 'squeezenet1_0',
    title: 'SqueezeNet 1.0',
    minimumImageSize: 21,
    backboneParameters: 735_424,
    gigaMacs: 0.819,
    torchvisionWeights: [
      imagenetWeights({ file: 'squeezenet1_0-b66bff10.pth', mebibytes: 4.778, top1Percent: 58.092 }),
    ],
  },
  {
    ...shared,
    name: 'squeezenet1_1',
    title: 'SqueezeNet 1.1',
    minimumImageSize: 17,
    backboneParameters: 722_496,
    gigaMacs: 0.349,
    torchvisionWeights: [
      imagenetWeights({ file: 'squeezenet1_1-b8a52dc0.pth', mebibytes: 4.729, top1Percent: 58.178 }),
    ],
  },
];
