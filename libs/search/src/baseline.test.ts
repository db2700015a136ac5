import { expect, test } from 'vitest';
import { baselineOf } from './baseline.js';
import type { KnownArchitecture } from './ports/architecture-catalog.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const architectures: KnownArchitecture[] = [
  { name: 'alexnet', minImageSize: 63, weights: ['a'], imagenetAccuracy: 0.565 },
  { name: 'resnet18', minImageSize: 32, weights: ['r'], imagenetAccuracy: 0.698 },
];
const spec = makeStudySpec({ datasetId: 'd' });
const space = spec.searchSpace;
const ofSize = (train: number) => ({ classes: [{ name: 'ants', train, validation: 9, test: 0 }] });

test('baselineOf() follows the rule: steps by size, rate 0.003, every parameter, the best network', () => {
  const wide = { ...spec, searchSpace: { ...space, epochs: { low: 1, high: 1000, step: 1 } } };
  const { parameters, userAttrs } = baselineOf(wide, ofSize(245), architectures);
  // 500 steps of 16 images are 33 times 245 images.
  expect(parameters).toEqual({ architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.003, epochs: 33 });
  expect(userAttrs.baseline).toMatchObject({ rule: 'BiT-HyperRule', trainImages: 245, steps: 500, epochs: 33 });
  expect(baselineOf(wide, ofSize(20_000), architectures).parameters.epochs).toBe(8); // 10,000 steps
  expect(baselineOf(wide, ofSize(500_000), architectures).userAttrs.baseline).toMatchObject({ steps: 20_000 });
  expect(baselineOf(wide, ofSize(19_999), architectures).userAttrs.baseline).toMatchObject({ steps: 500 });
});

test('baselineOf() takes what is nearest in the space, and keeps what the rule said', () => {
  const narrow = {
    ...spec,
    searchSpace: {
      architecture: ['alexnet', 'unknown'],
      retrainDepth: ['shallow', 'partial'] as const,
      learningRate: { low: 0.01, high: 0.1, perDepth: { partial: { low: 1e-4, high: 1e-3 } } },
      epochs: [2, 20, 25],
    },
  };
  const { parameters, userAttrs } = baselineOf(narrow, ofSize(245), architectures);
  expect(parameters).toEqual({ architecture: 'alexnet', retrainDepth: 'partial', learningRate: 0.001, epochs: 25 });
  expect(userAttrs.baseline).toMatchObject({ learningRate: 0.003, epochs: 33 });
  const stepped = { ...spec, searchSpace: { ...space, epochs: { low: 2, high: 40, step: 4 } } };
  expect(baselineOf(stepped, ofSize(245), architectures).parameters.epochs).toBe(34);
});
