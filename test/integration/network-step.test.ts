import { expect, test } from 'vitest';
import { compileInference, compileTrainer, exportClassifier, loadClassifier } from '#engine';
import { referenceSteps } from '#engine/testing';
import { type NamedTensor, Rng } from '#primitives';
import { planOf } from '../support/step-case.js';

/**
 * Sizes at which tfjs cpu takes seconds a step; the sum of the sizes of the maps decides. Of ResNet the half that has every kind
 * of its layers: the whole takes it half a minute, as do AlexNet's dense layers, and the layers of DenseNet and Inception and
 * the 120 million dense weights of VGG minutes. torchvision-training.test.ts compares all of them whole with PyTorch, and
 * lower/table.test.ts each of their kernels with tfjs cpu.
 */
const cases = [
  { architecture: 'squeezenet1_1', imageSize: 40, batchSize: 2, tolerance: 1e-4 },
  {
    architecture: 'resnet18',
    imageSize: 32,
    batchSize: 2,
    stretch: { first: 'conv1', last: 'layer2', input: [32, 32, 3], channels: 128 },
    tolerance: 1e-3,
  },
] as const;

test.each(cases)('compileTrainer() equals tfjs cpu after a step of $architecture', async (item) => {
  const { plan, data } = planOf(item);
  const trainer = await compileTrainer(plan);
  const result = await trainer.trainEpoch(data, { epoch: 0, learningRate: 0.01 });
  const reference = await referenceSteps(plan, data, { epoch: 0, learningRate: 0.01 });

  expect(Math.abs(result.loss - reference.losses[0])).toBeLessThan(1e-5);
  const initial = new Map(plan.tensors.map((tensor) => [tensor.name, tensor.data]));
  trainer.tensors().forEach((tensor, index) => {
    const expected = reference.tensors[index];
    expect(expected.name).toBe(tensor.name);
    expect(largestDifference(tensor, expected) / largest(expected.data), tensor.name).toBeLessThan(item.tolerance);
    if (plan.trainable(tensor.name)) expect(tensor.data, tensor.name).not.toEqual(initial.get(tensor.name));
  });
  trainer.slots().forEach((slot, index) => {
    const expected = reference.slots[index];
    expect(expected.name).toBe(slot.name);
    expect(largestDifference(slot, expected) / largest(expected.data), slot.name).toBeLessThan(item.tolerance);
  });
  await trainer.dispose();
});

const exported = [
  { architecture: 'squeezenet1_1', imageSize: 40 },
  { architecture: 'resnet18', imageSize: 32 },
  { architecture: 'alexnet', imageSize: 63 },
  { architecture: 'densenet121', imageSize: 64 },
  { architecture: 'inception_v3', imageSize: 75 },
];

test.each(exported)(
  'exportClassifier() of $architecture takes any batch and equals compileInference()',
  async (item) => {
    const { plan } = planOf({ ...item, batchSize: 2 });
    const side = item.imageSize;
    const image = { resize: side, crop: side, mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] } as const;
    const inference = await compileInference({ ...plan, batchSize: 2 });
    const classifier = await loadClassifier(await exportClassifier({ ...plan, image }));
    const rng = new Rng(4);
    for (const count of [1, 3]) {
      const pixels = Uint8Array.from({ length: count * side * side * 3 }, () => rng.integer(0, 256));
      const inputs = Float32Array.from(
        pixels,
        (value, index) => (value / 255 - image.mean[index % 3]) / image.std[index % 3],
      );
      const { logits } = await classifier.classify({ pixels, count, height: side, width: side });
      const expected = { name: 'logits', shape: [count, 3], data: await inference.run(inputs, count) };
      expect(logits.length).toBe(count * 3);
      expect(largestDifference({ ...expected, data: logits }, expected)).toBeLessThan(
        1e-5 * largest(expected.data) + 1e-5,
      );
    }
    await inference.dispose();
    await classifier.dispose();
  },
);

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
}

function largestDifference(a: NamedTensor, b: NamedTensor): number {
  return a.data.reduce((most, value, index) => Math.max(most, Math.abs(value - b.data[index])), 0);
}
