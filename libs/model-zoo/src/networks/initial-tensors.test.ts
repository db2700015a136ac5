import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { NamedTensor } from '#primitives';
import { buildNetwork } from './build-network.js';
import { initialTensors } from './initial-tensors.js';

const byName = (tensors: readonly NamedTensor[]) => new Map(tensors.map((tensor) => [tensor.name, tensor.data]));

function moments(data: Float32Array) {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { mean, deviation: Math.sqrt(variance), largest };
}

/** With at least 4,096 values the deviation is within 5 % of the rule's; the seed is fixed, so this cannot flicker. */
function expectUniform(data: Float32Array, bound: number): void {
  const { mean, deviation, largest } = moments(data);
  expect(largest).toBeLessThanOrEqual(Math.fround(bound));
  expect(deviation / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
  expect(Math.abs(mean)).toBeLessThan(0.05 * bound);
}

function expectNormal(data: Float32Array, deviation: number): void {
  const found = moments(data);
  expect(found.deviation / deviation).toBeCloseTo(1, 1);
  expect(found.largest).toBeGreaterThan(3 * deviation);
  expect(Math.abs(found.mean)).toBeLessThan(0.05 * deviation);
}

test("initialTensors() follows torch's default rule in AlexNet", () => {
  const network = buildNetwork('alexnet', { classes: 2 });
  const tensors = byName(
    initialTensors(network, 1, new Set(['features.0.weight', 'classifier.6.weight', 'classifier.6.bias'])),
  );
  expectUniform(tensors.get('features.0.weight') as Float32Array, 1 / Math.sqrt(3 * 11 * 11));
  expectUniform(tensors.get('classifier.6.weight') as Float32Array, 1 / 64);
  expect(tensors.get('classifier.6.bias')?.every((value) => value !== 0 && Math.abs(value) <= 1 / 64)).toBe(true);
});

test('initialTensors() follows the kaiming uniform rule in SqueezeNet, its head normal, biases 0', () => {
  const tensors = byName(initialTensors(buildNetwork('squeezenet1_1', { classes: 9 }), 1));
  expectUniform(tensors.get('features.3.expand3x3.weight') as Float32Array, Math.sqrt(6 / (16 * 9)));
  expectNormal(tensors.get('classifier.1.weight') as Float32Array, 0.01);
  for (const [name, data] of tensors) if (name.endsWith('.bias')) expect(data.every((value) => value === 0)).toBe(true);
});

test('initialTensors() follows the kaiming normal fan-out rule in ResNet, batch norm at identity', () => {
  const tensors = byName(initialTensors(buildNetwork('resnet18', { classes: 2 }), 1));
  expectNormal(tensors.get('layer2.0.downsample.0.weight') as Float32Array, Math.sqrt(2 / 128));
  expectNormal(tensors.get('layer1.0.conv1.weight') as Float32Array, Math.sqrt(2 / (64 * 9)));
  expectUniform(tensors.get('fc.weight') as Float32Array, 1 / Math.sqrt(512));
  for (const [suffix, value] of [
    ['weight', 1],
    ['bias', 0],
    ['running_mean', 0],
    ['running_var', 1],
  ] as const) {
    expect(tensors.get(`bn1.${suffix}`)?.every((found) => found === value)).toBe(true);
  }
});

test.each([
  ['vgg11_bn', 'features.4.weight', Math.sqrt(2 / (128 * 9))], // fan-out
  ['vgg11_bn', 'classifier.6.weight', 0.01],
  ['resnet50', 'layer1.0.conv3.weight', Math.sqrt(2 / 256)],
  ['densenet121', 'features.denseblock1.denselayer1.conv2.weight', Math.sqrt(2 / (128 * 9))], // fan-in
  ['inception_v3', 'Mixed_6b.branch7x7_2.conv.weight', 0.1],
  ['inception_v3', 'AuxLogits.conv0.conv.weight', 0.1],
  ['inception_v3', 'AuxLogits.fc.weight', 0.001],
])('initialTensors() gives %s %s the normal distribution of torchvision', (architecture, name, deviation) => {
  const network = buildNetwork(architecture, { classes: 10 });
  const [{ data }] = initialTensors(network, 1, new Set([name]));
  expectNormal(data, deviation);
});

test('initialTensors() makes a tensor alone as among all, for any head, and another for another seed', () => {
  const two = buildNetwork('squeezenet1_1', { classes: 2 });
  const all = byName(initialTensors(two, 5));
  const name = 'features.6.squeeze.weight';
  expect(initialTensors(two, 5, new Set([name]))[0].data).toEqual(all.get(name));
  expect(byName(initialTensors(buildNetwork('squeezenet1_1', { classes: 7 }), 5)).get(name)).toEqual(all.get(name));
  expect(byName(initialTensors(two, 6)).get(name)).not.toEqual(all.get(name));
  expect(() => initialTensors(two, 5, new Set(['fc.weight']))).toThrow('names has fc.weight');
  expect(() => initialTensors(two, -1)).toThrow(RangeError);
});

test('initialTensors() keeps the values that partial weights files count on', () => {
  const hash = (architecture: string, name: string) => {
    const [{ data }] = initialTensors(buildNetwork(architecture, { classes: 2 }), 2024, new Set([name]));
    return createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex').slice(0, 16);
  };
  expect([
    hash('alexnet', 'features.3.weight'),
    hash('squeezenet1_1', 'classifier.1.weight'),
    hash('resnet18', 'layer1.0.conv1.weight'),
  ]).toMatchInlineSnapshot(`
    [
      "9a3d1dba9a3b7276",
      "5fbf7a06da8b2cd2",
      "baa70713367eb0e8",
    ]
  `);
});
