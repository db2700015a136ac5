import type { ModelCard } from '../model-card.js';
import { imagenetSpec, imagenetWeights } from './imagenet.js';

/** ResNet. `partial` trains the last of the four stages with the head; frozen batch norm uses its running statistics. */
export const resnetCards: readonly ModelCard[] = [
  {
    name: 'resnet18',
    family: 'resnet',
    title: 'ResNet-18',
    paper: 'He et al. 2015, arXiv:1512.03385',
    heads: [{ name: 'fc', inputs: 512 }],
    headInput: [512],
    cuts: { shallow: 'fc', partial: 'layer4', deep: 'conv1', scratch: 'conv1' },
    minimumImageSize: 1,
    defaultImageSize: 224,
    imageSpec: imagenetSpec,
    backboneParameters: 11_176_512,
    gigaMacs: 1.814,
    torchvisionWeights: [imagenetWeights('IMAGENET1K_V1', 'resnet18-f37072fd.pth', 44.661, 69.758)],
  },
];
