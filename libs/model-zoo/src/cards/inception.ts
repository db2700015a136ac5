import type { ModelCard } from '../model-card.js';
import { imagenetSpecOf, imagenetWeights } from './imagenet.js';

/**
 * Inception v3. Pictures are normalised as for the other networks; torchvision's `transform_input`, which the weights
 * need, is part of the network. The auxiliary head is trained where everything is, and counts as parameters everywhere.
 */
export const inceptionCards: readonly ModelCard[] = [
  {
    name: 'inception_v3',
    family: 'inception',
    title: 'Inception v3',
    paper: 'Szegedy et al. 2015, arXiv:1512.00567',
    heads: [
      { name: 'fc', inputs: 2048 },
      { name: 'AuxLogits.fc', inputs: 768 },
    ],
    headInput: [2048],
    cuts: { shallow: 'fc', partial: 'Mixed_7a', deep: 'Conv2d_1a_3x3', scratch: 'Conv2d_1a_3x3' },
    minimumImageSize: 75,
    defaultImageSize: 299,
    imageSpec: imagenetSpecOf(342, 299),
    backboneParameters: 24_343_264,
    gigaMacs: 5.713,
    tensorCount: 484,
    torchvisionWeights: [
      imagenetWeights({
        file: 'inception_v3_google-0cc3c7bd.pth',
        mebibytes: 103.903,
        top1Percent: 77.294,
        imageSpec: imagenetSpecOf(342, 299),
      }),
    ],
  },
];
