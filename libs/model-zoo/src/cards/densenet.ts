import type { ModelCard, TorchvisionWeights } from '../model-card.js';
import { imagenetSpec, imagenetWeights } from './imagenet.js';

/** What differs between the four DenseNets. */
interface Variant {
  readonly layers: 121 | 161 | 169 | 201;
  /** Width of the features the head reads. */
  readonly features: number;
  readonly backboneParameters: number;
  readonly gigaMacs: number;
  readonly tensorCount: number;
  readonly weights: TorchvisionWeights;
}

const legacy = 'legacy' as const;

const variants: readonly Variant[] = [
  {
    layers: 121,
    features: 1024,
    backboneParameters: 6_953_856,
    gigaMacs: 2.834,
    tensorCount: 606,
    weights: imagenetWeights({
      file: 'densenet121-a639ec97.pth',
      mebibytes: 30.845,
      top1Percent: 74.434,
      format: legacy,
    }),
  },
  {
    layers: 161,
    features: 2208,
    backboneParameters: 26_472_000,
    gigaMacs: 7.728,
    tensorCount: 806,
    weights: imagenetWeights({
      file: 'densenet161-8d451a50.pth',
      mebibytes: 110.369,
      top1Percent: 77.138,
      format: legacy,
    }),
  },
  {
    layers: 169,
    features: 1664,
    backboneParameters: 12_484_480,
    gigaMacs: 3.36,
    tensorCount: 846,
    weights: imagenetWeights({
      file: 'densenet169-b2777c0a.pth',
      mebibytes: 54.708,
      top1Percent: 75.6,
      format: legacy,
    }),
  },
  {
    layers: 201,
    features: 1920,
    backboneParameters: 18_092_928,
    gigaMacs: 4.291,
    tensorCount: 1006,
    weights: imagenetWeights({
      file: 'densenet201-c1103571.pth',
      mebibytes: 77.373,
      top1Percent: 76.896,
      format: legacy,
    }),
  },
];

/** DenseNet. `partial` trains the last of the four dense blocks, the norm after it and the head. */
export const densenetCards: readonly ModelCard[] = variants.map(({ layers, features, weights, ...numbers }) => ({
  ...numbers,
  name: `densenet${layers}`,
  family: 'densenet',
  title: `DenseNet-${layers}`,
  paper: 'Huang et al. 2016, arXiv:1608.06993',
  heads: [{ name: 'classifier', inputs: features }],
  headInput: [features],
  cuts: {
    shallow: 'classifier',
    partial: 'features.denseblock4',
    deep: 'features.conv0',
    scratch: 'features.conv0',
  },
  minimumImageSize: 29,
  defaultImageSize: 224,
  imageSpec: imagenetSpec,
  torchvisionWeights: [weights],
}));
