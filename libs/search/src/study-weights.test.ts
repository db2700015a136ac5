import { expect, test } from 'vitest';
import type { KnownArchitecture } from './ports/architecture-catalog.js';
import { pinStudyWeights, problemsOfStudyWeights } from './study-weights.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const architectures: KnownArchitecture[] = [
  { name: 'alexnet', minImageSize: 63, weights: ['alexnet-imagenet1k-v1', 'alexnet-drawn-v1'] },
  { name: 'resnet18', minImageSize: 32, weights: ['resnet18-drawn-v1'] },
  { name: 'vgg11', minImageSize: 32, weights: [] },
];
const base = makeStudySpec({ datasetId: 'd' });
const pinning = (weights: Record<string, string>, architecture = ['alexnet', 'resnet18']) => ({
  ...base,
  searchSpace: { ...base.searchSpace, architecture },
  training: { ...base.training, weights },
});

test('pinStudyWeights() fills in the first weights at hand and keeps those that are named', () => {
  expect(pinStudyWeights(base, architectures).training.weights).toEqual({
    alexnet: 'alexnet-imagenet1k-v1',
    resnet18: 'resnet18-drawn-v1',
  });
  expect(pinStudyWeights(pinning({ alexnet: 'alexnet-drawn-v1' }), architectures).training.weights).toEqual({
    alexnet: 'alexnet-drawn-v1',
    resnet18: 'resnet18-drawn-v1',
  });
});

test('pinStudyWeights() leaves a study that trains from scratch as it is', () => {
  const spec = { ...base, searchSpace: { ...base.searchSpace, retrainDepth: ['scratch' as const] } };
  expect(pinStudyWeights(spec, architectures)).toBe(spec);
});

test('problemsOfStudyWeights() names unknown weights and foreign architectures with what is allowed', () => {
  expect(problemsOfStudyWeights(pinning({ alexnet: 'alexnet-drawn-v1' }), architectures)).toEqual([]);
  expect(problemsOfStudyWeights(pinning({ alexnet: 'alexnet-v9', vgg11: 'x' }), architectures)).toEqual([
    {
      field: 'training.weights.alexnet',
      value: 'alexnet-v9',
      allowed: 'one of alexnet-imagenet1k-v1, alexnet-drawn-v1; more with: retune zoo fetch alexnet',
    },
    { field: 'training.weights.vgg11', value: 'x', allowed: 'absent: searchSpace.architecture has alexnet, resnet18' },
  ]);
  expect(problemsOfStudyWeights(pinning({ vgg11: 'x' }, ['vgg11']), architectures)[0]?.allowed).toBe(
    'the name of weights at hand (there are none); more with: retune zoo fetch vgg11',
  );
});
