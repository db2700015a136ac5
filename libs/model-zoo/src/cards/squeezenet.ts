import type { ModelCard } from '../model-card.js';
import { imagenetSpec, imagenetWeights } from './imagenet.js';

/**
 * SqueezeNet. The head is a 1×1 convolution with a ReLU after it, so features cannot be pooled before they are cached;
 * its dropout comes before the convolution and belongs to the trained part at every depth.
 */
export const squeezenetCards: readonly ModelCard[] = [
  {
    name: 'squeezenet1_1',
    family: 'squeezenet',
    title: 'SqueezeNet 1.1',
    paper: 'Iandola et al. 2016, arXiv:1602.07360',
    heads: [{ name: 'classifier.1', inputs: 512 }],
    headInput: [13, 13, 512],
    cuts: { shallow: 'classifier', partial: 'features.12', deep: 'features.0', scratch: 'features.0' },
    minimumImageSize: 17,
    defaultImageSize: 224,
    imageSpec: imagenetSpec,
    backboneParameters: 722_496,
    gigaMacs: 0.349,
    torchvisionWeights: [imagenetWeights('IMAGENET1K_V1', 'squeezenet1_1-b8a52dc0.pth', 4.729, 58.178)],
  },
];
