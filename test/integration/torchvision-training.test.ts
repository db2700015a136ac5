import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { architectureNames } from '#model-zoo';
import { TorchProcess } from '../support/torch-process.js';
import { trainingCases } from '../support/training-cases.js';
import { trainingParity } from '../support/training-parity.js';

const script = fileURLToPath(new URL('../golden/torchvision/train_steps.py', import.meta.url));
const torch = await TorchProcess.start(script);
afterAll(() => torch?.stop());

/**
 * Every family, and every kind of block: VGG with batch norm has all that VGG without has, ResNets from 50 layers on have
 * bottlenecks. All 21 take minutes of CPU time: `npm run golden:zoo`.
 */
const chosen = [
  'alexnet',
  'squeezenet1_0',
  'squeezenet1_1',
  'vgg11_bn',
  'resnet18',
  'resnet50',
  'densenet121',
  'inception_v3',
];
// At 299 px, which its auxiliary head needs, a step of both sides on eight pictures is half a minute of CPU time.
const cases = trainingCases
  .filter(({ architecture }) => chosen.includes(architecture))
  .map((item) => (item.architecture === 'inception_v3' ? { ...item, steps: 1, batch: 4 } : item));

describe('SGD steps of the compiled trainer', () => {
  test.for(cases)(
    'equal $steps of PyTorch for $architecture: losses to 1e-3, every update and statistic to 1e-2 of its norm',
    async (item, context) => {
      context.skip(torch === undefined, "needs Debian's python3-torchvision");
      const { losses, lossDifference, tensors } = await trainingParity(item, torch as TorchProcess);
      expect(losses).toHaveLength(item.steps);
      expect(lossDifference).toBeLessThan(1e-3);
      expect(tensors.filter(({ difference }) => !(difference < 1e-2))).toEqual([]);
    },
  );
});

test('trainingCases has every network, those with batch norm at a batch of 8 or more', () => {
  expect(trainingCases.map(({ architecture }) => architecture)).toEqual(architectureNames);
  const normed = trainingCases.filter(({ architecture }) => /_bn|resnet|densenet|inception/.test(architecture));
  expect(normed.filter(({ batch }) => batch < 8)).toEqual([]);
});
