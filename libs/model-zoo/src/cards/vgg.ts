import type { ModelCard, TorchvisionWeights } from '../model-card.js';
import { imagenetSpec, imagenetWeights } from './imagenet.js';

/** What differs between the eight VGGs. */
interface Variant {
  readonly layers: 11 | 13 | 16 | 19;
  readonly batchNorm: boolean;
  readonly backboneParameters: number;
  readonly gigaMacs: number;
  readonly tensorCount: number;
  readonly weights: TorchvisionWeights;
}

const legacy = 'legacy' as const;

const variants: readonly Variant[] = [
  {
    layers: 11,
    batchNorm: false,
    backboneParameters: 128_766_336,
    gigaMacs: 7.609,
    tensorCount: 22,
    weights: imagenetWeights({ file: 'vgg11-8a719046.pth', mebibytes: 506.84, top1Percent: 69.02 }),
  },
  {
    layers: 11,
    batchNorm: true,
    backboneParameters: 128_771_840,
    gigaMacs: 7.609,
    tensorCount: 54,
    weights: imagenetWeights({ file: 'vgg11_bn-6002323d.pth', mebibytes: 506.881, top1Percent: 70.37, format: legacy }),
  },
  {
    layers: 13,
    batchNorm: false,
    backboneParameters: 128_950_848,
    gigaMacs: 11.308,
    tensorCount: 26,
    weights: imagenetWeights({ file: 'vgg13-19584684.pth', mebibytes: 507.545, top1Percent: 69.928 }),
  },
  {
    layers: 13,
    batchNorm: true,
    backboneParameters: 128_956_736,
    gigaMacs: 11.308,
    tensorCount: 66,
    weights: imagenetWeights({ file: 'vgg13_bn-abd245e5.pth', mebibytes: 507.59, top1Percent: 71.586, format: legacy }),
  },
  {
    layers: 16,
    batchNorm: false,
    backboneParameters: 134_260_544,
    gigaMacs: 15.47,
    tensorCount: 32,
    weights: imagenetWeights({ file: 'vgg16-397923af.pth', mebibytes: 527.796, top1Percent: 71.592, format: legacy }),
  },
  {
    layers: 16,
    batchNorm: true,
    backboneParameters: 134_268_992,
    gigaMacs: 15.47,
    tensorCount: 84,
    weights: imagenetWeights({ file: 'vgg16_bn-6c64b313.pth', mebibytes: 527.866, top1Percent: 73.36, format: legacy }),
  },
  {
    layers: 19,
    batchNorm: false,
    backboneParameters: 139_570_240,
    gigaMacs: 19.632,
    tensorCount: 38,
    weights: imagenetWeights({ file: 'vgg19-dcbb9e9d.pth', mebibytes: 548.051, top1Percent: 72.376, format: legacy }),
  },
  {
    layers: 19,
    batchNorm: true,
    backboneParameters: 139_581_248,
    gigaMacs: 19.632,
    tensorCount: 102,
    weights: imagenetWeights({
      file: 'vgg19_bn-c79401a0.pth',
      mebibytes: 548.143,
      top1Percent: 74.218,
      format: legacy,
    }),
  },
];

/**
 * VGG with and without batch norm. Nine tenths of its parameters are the three dense layers, which `partial` trains;
 * the dropout directly before the head comes after the shallow cut.
 */
export const vggCards: readonly ModelCard[] = variants.map(({ layers, batchNorm, weights, ...numbers }) => ({
  ...numbers,
  name: `vgg${layers}${batchNorm ? '_bn' : ''}`,
  family: 'vgg',
  title: `VGG-${layers}${batchNorm ? ' with batch norm' : ''}`,
  paper: 'Simonyan and Zisserman 2014, arXiv:1409.1556',
  heads: [{ name: 'classifier.6', inputs: 4096 }],
  headInput: [4096],
  cuts: { shallow: 'classifier.6', partial: 'classifier.0', deep: 'features.0', scratch: 'features.0' },
  minimumImageSize: 32,
  defaultImageSize: 224,
  imageSpec: imagenetSpec,
  torchvisionWeights: [weights],
}));
