import type { ModelCard } from '../model-card.js';
import { imagenetSpec, imagenetWeights } from './imagenet.js';

/** AlexNet, the one-tower version. Dropout lies inside the part that `shallow` freezes and is off there. */
export const alexnetCards: readonly ModelCard[] = [
  {
    name: 'alexnet',
    family: 'alexnet',
    title: 'AlexNet',
    paper: 'Krizhevsky 2014, arXiv:1404.5997',
    heads: [{ name: 'classifier.6', inputs: 4096 }],
    headInput: [4096],
    cuts: { shallow: 'classifier.6', partial: 'classifier.1', deep: 'features.0', scratch: 'features.0' },
    minimumImageSize: 63,
    defaultImageSize: 224,
    imageSpec: imagenetSpec,
    backboneParameters: 57_003_840,
    gigaMacs: 0.714,
    tensorCount: 16,
    torchvisionWeights: [
      imagenetWeights({ file: 'alexnet-owt-7be5be79.pth', mebibytes: 233.087, top1Percent: 56.522 }),
    ],
  },
];
