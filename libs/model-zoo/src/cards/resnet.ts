import type { ModelCard, TorchvisionWeights } from '../model-card.js';
import { imagenetSpec, imagenetSpecOf, imagenetWeights } from './imagenet.js';

/** What differs between the five ResNets. */
interface Variant {
  readonly layers: 18 | 34 | 50 | 101 | 152;
  /** Width of the features the head reads. */
  readonly features: 512 | 2048;
  readonly backboneParameters: number;
  readonly gigaMacs: number;
  readonly tensorCount: number;
  readonly weights: readonly [TorchvisionWeights, ...TorchvisionWeights[]];
}

const second = { name: 'IMAGENET1K_V2', imageSpec: imagenetSpecOf(232, 224) };

const variants: readonly Variant[] = [
  {
    layers: 18,
    features: 512,
    backboneParameters: 11_176_512,
    gigaMacs: 1.814,
    tensorCount: 102,
    weights: [imagenetWeights({ file: 'resnet18-f37072fd.pth', mebibytes: 44.661, top1Percent: 69.758 })],
  },
  {
    layers: 34,
    features: 512,
    backboneParameters: 21_284_672,
    gigaMacs: 3.664,
    tensorCount: 182,
    weights: [imagenetWeights({ file: 'resnet34-b627a593.pth', mebibytes: 83.275, top1Percent: 73.314 })],
  },
  {
    layers: 50,
    features: 2048,
    backboneParameters: 23_508_032,
    gigaMacs: 4.089,
    tensorCount: 267,
    weights: [
      imagenetWeights({ file: 'resnet50-0676ba61.pth', mebibytes: 97.781, top1Percent: 76.13 }),
      imagenetWeights({ ...second, file: 'resnet50-11ad3fa6.pth', mebibytes: 97.79, top1Percent: 80.858 }),
    ],
  },
  {
    layers: 101,
    features: 2048,
    backboneParameters: 42_500_160,
    gigaMacs: 7.801,
    tensorCount: 522,
    weights: [
      imagenetWeights({ file: 'resnet101-63fe2227.pth', mebibytes: 170.511, top1Percent: 77.374 }),
      imagenetWeights({ ...second, file: 'resnet101-cd907fc2.pth', mebibytes: 170.53, top1Percent: 81.886 }),
    ],
  },
  {
    layers: 152,
    features: 2048,
    backboneParameters: 58_143_808,
    gigaMacs: 11.514,
    tensorCount: 777,
    weights: [
      imagenetWeights({ file: 'resnet152-394f9c45.pth', mebibytes: 230.434, top1Percent: 78.312 }),
      imagenetWeights({ ...second, file: 'resnet152-f82ba261.pth', mebibytes: 230.474, top1Percent: 82.284 }),
    ],
  },
];

/** ResNet. `partial` trains the last of the four stages with the head; frozen batch norm uses its running statistics. */
export const resnetCards: readonly ModelCard[] = variants.map(({ layers, features, weights, ...numbers }) => ({
  ...numbers,
  name: `resnet${layers}`,
  family: 'resnet',
  title: `ResNet-${layers}`,
  paper: 'He et al. 2015, arXiv:1512.03385',
  heads: [{ name: 'fc', inputs: features }],
  headInput: [features],
  cuts: { shallow: 'fc', partial: 'layer4', deep: 'conv1', scratch: 'conv1' },
  minimumImageSize: 1,
  defaultImageSize: 224,
  imageSpec: imagenetSpec,
  torchvisionWeights: weights,
}));
