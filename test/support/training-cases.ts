import type { TrainingCase } from './training-parity.js';

const steps = 3;
const vgg = { imageSize: 64, batch: 4, learningRate: 1e-5, weightDecay: 2e-3, steps };
// Decay has to be worth more than the rounding of the norms' offsets, whose gradients are small.
const vggBatchNorm = { imageSize: 64, batch: 8, learningRate: 2e-4, weightDecay: 1e-2, steps };
const normed = { imageSize: 64, batch: 8, learningRate: 2e-3, weightDecay: 2e-3, steps };
const plain = { imageSize: 64, batch: 8, weightDecay: 2e-3, steps };

/** Every network of the zoo, as small as it trains with all its parts: Inception's auxiliary head needs 299 px. */
export const trainingCases: readonly TrainingCase[] = [
  { architecture: 'alexnet', ...plain, learningRate: 1e-4 },
  { architecture: 'squeezenet1_0', ...plain, learningRate: 3e-4 },
  { architecture: 'squeezenet1_1', ...plain, learningRate: 3e-4 },
  ...[11, 13, 16, 19].flatMap((layers) => [
    { architecture: `vgg${layers}`, ...vgg },
    { architecture: `vgg${layers}_bn`, ...vggBatchNorm },
  ]),
  ...[18, 34, 50, 101, 152].map((layers) => ({ architecture: `resnet${layers}`, ...normed })),
  ...[121, 161, 169, 201].map((layers) => ({ architecture: `densenet${layers}`, ...normed })),
  { architecture: 'inception_v3', imageSize: 299, batch: 8, learningRate: 5e-4, weightDecay: 2e-2, steps },
];
