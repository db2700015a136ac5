import { expect, test } from 'vitest';
import { type TrajectoryParts, trajectoryKey } from './trajectory-key.js';

const parts: TrajectoryParts = {
  architecture: 'resnet18',
  retrainDepth: 'deep',
  cut: 'stem',
  weights: { name: 'resnet18-drawn-v1', sha256: 'a'.repeat(64) },
  classes: ['ants', 'bees'],
  preprocessing: { resize: 64, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] },
  datasetVersion: 'b'.repeat(64),
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 0.0001 },
  learningRate: 0.01,
  schedule: { kind: 'constant' },
  batchSize: 16,
  seed: 7,
  headInit: 'probe',
  versions: { retune: '0.1.0', 'onnxruntime-node': '1.30.0' },
  threads: 2,
  device: { provider: 'cpu', name: 'a processor' },
};

const changes: { [Part in keyof TrajectoryParts]-?: TrajectoryParts[Part][] } = {
  architecture: ['resnet34'],
  retrainDepth: ['scratch'],
  cut: ['layer4'],
  weights: [null, { name: 'other', sha256: 'a'.repeat(64) }, { name: 'resnet18-drawn-v1', sha256: 'c'.repeat(64) }],
  classes: [
    ['bees', 'ants'],
    ['ants', 'bees', 'wasps'],
  ],
  preprocessing: [{ resize: 72, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] }],
  datasetVersion: ['c'.repeat(64)],
  optimizer: [
    { name: 'sgd', momentum: 0.8, weightDecay: 0.0001 },
    { name: 'sgd', momentum: 0.9, weightDecay: 0 },
  ],
  learningRate: [0.010000000000000002],
  schedule: [
    { kind: 'warmup', epochs: 3 },
    { kind: 'steps', at: [3], factor: 0.1 },
  ],
  augmentation: [
    { count: 2, flip: true, shift: 0.1, seed: 0 },
    { count: 3, flip: true, shift: 0.1, seed: 0 },
    { count: 2, flip: false, shift: 0.1, seed: 0 },
    { count: 2, flip: true, shift: 0.2, seed: 0 },
    { count: 2, flip: true, shift: 0.1, seed: 1 },
  ],
  featureDtype: ['fp16'],
  batchSize: [8],
  seed: [8],
  headInit: ['random'],
  versions: [{ retune: '0.1.0', 'onnxruntime-node': '1.31.0' }],
  threads: [1],
  device: [
    { provider: 'cuda', name: 'a processor' },
    { provider: 'cpu', name: 'another' },
  ],
};

test.each(Object.entries(changes).flatMap(([part, values]) => values.map((value) => [part, value] as const)))(
  'trajectoryKey() is another with another %s: %j',
  (part, value) => {
    expect(trajectoryKey({ ...parts, [part]: value })).not.toBe(trajectoryKey(parts));
  },
);

test('trajectoryKey() is another for each of the changes', () => {
  const keys = Object.entries(changes).flatMap(([part, values]) =>
    values.map((value) => trajectoryKey({ ...parts, [part]: value })),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('trajectoryKey() does not depend on the order in which the parts were put together', () => {
  const reversed = Object.fromEntries(Object.entries(parts).reverse()) as unknown as TrajectoryParts;
  expect(trajectoryKey(reversed)).toBe(trajectoryKey(parts));
});
