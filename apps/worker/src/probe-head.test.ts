import { expect, test } from 'vitest';
import { fitLinearProbe, NonFiniteFeatureError } from '#engine';
import { findCard } from '#model-zoo';
import { buildNetwork, initialTensors } from '#model-zoo/networks';
import { Rng } from '#primitives';
import { aboveRelu, probeHead, spatialMeans } from './probe-head.js';
import { runBlocks } from './run-blocks.js';

/** What a ReLU lets through, a little different for each class. */
function features(count: number, size: number, classes: number) {
  const rng = new Rng(4);
  const labels = Int32Array.from({ length: count }, (_, example) => example % classes);
  const data = Float32Array.from({ length: count * size }, (_, at) => {
    const label = labels[Math.floor(at / size)];
    return Math.max(0, rng.normal() + (at % classes === label ? 0.3 : 0));
  });
  return { data, labels };
}

test('probeHead() gives a dense head the probe of its features', () => {
  const network = buildNetwork('resnet18', { classes: 3, imageSize: 32 });
  const inputs = features(30, 512, 3);
  const [weight, bias] = probeHead(findCard('resnet18'), network, { shape: [512], ...inputs });
  const probe = fitLinearProbe({ features: inputs.data, labels: inputs.labels, classes: 3 });
  expect(weight).toEqual({ name: 'fc.weight', shape: [512, 3], data: probe.weight });
  expect(bias).toEqual({ name: 'fc.bias', shape: [3], data: probe.bias });
});

test('probeHead() gives a convolutional head logits that are the probe’s, shifted alike for all classes', async () => {
  const network = buildNetwork('squeezenet1_1', { classes: 3, imageSize: 64 });
  const shape = [3, 3, 512];
  const inputs = features(40, 9 * 512, 3);
  const [weight, bias] = probeHead(findCard('squeezenet1_1'), network, { shape, ...inputs });
  expect([weight.shape, bias.shape]).toEqual([[1, 1, 512, 3], [3]]);
  const means = spatialMeans(inputs.data, shape);
  const probe = fitLinearProbe({ features: means, labels: inputs.labels, classes: 3 });
  const shift = bias.data[0] - probe.bias[0];
  expect(shift).toBeGreaterThan(0);

  const cut = network.cut('shallow');
  const tensors = initialTensors(network, 1).map((one) => [weight, bias].find(({ name }) => name === one.name) ?? one);
  const tail = { network, tensors, from: cut, to: network.blocks.length, inputShape: shape };
  const { value } = await runBlocks(tail, [inputs.data], () => 0);
  for (let example = 0; example < 40; example++) {
    for (let label = 0; label < 3; label++) {
      let logit = probe.bias[label] + shift;
      for (let at = 0; at < 512; at++) logit += means[example * 512 + at] * probe.weight[at * 3 + label];
      expect(value[0].data[example * 3 + label]).toBeCloseTo(logit, 4);
    }
  }
});

test('probeHead() leaves an auxiliary head to the seed', () => {
  const network = buildNetwork('inception_v3', { classes: 2, imageSize: 96 });
  const tensors = probeHead(findCard('inception_v3'), network, { shape: [2048], ...features(8, 2048, 2) });
  expect(tensors.map(({ name }) => name)).toEqual(['fc.weight', 'fc.bias']);
});

test('probeHead() refuses features that the head does not read, and such as are not finite', () => {
  const network = buildNetwork('resnet18', { classes: 2, imageSize: 32 });
  const card = findCard('resnet18');
  expect(() => probeHead(card, network, { shape: [2, 2, 512], ...features(4, 2048, 2) })).toThrow(
    'head fc.weight has shape [512,2], must be [1,1,512,2] to read [2,2,512]',
  );
  const { data, labels } = features(4, 512, 2);
  data[600] = Number.NaN;
  expect(() => probeHead(card, network, { shape: [512], data, labels })).toThrow(NonFiniteFeatureError);
});

test('spatialMeans() averages each channel over height and width', () => {
  const maps = Float32Array.of(1, 10, 3, 30, 5, 50, 7, 70, 0, 0, 0, 0, 2, 4, 2, 4);
  expect([...spatialMeans(maps, [2, 2, 2])]).toEqual([4, 40, 1, 2]);
});

test('aboveRelu() raises all biases by the least that leaves no pre-activation negative', () => {
  const weight = Float32Array.of(1, -2, 0.5, 1);
  const maps = Float32Array.of(1, 0, 3, 1);
  // Pre-activations: 1.25 and -2 at the first place, 3.75 and -5 at the second.
  expect([...aboveRelu({ weight, bias: Float32Array.of(0.25, 0) }, maps)]).toEqual([5.25, 5]);
  expect([...aboveRelu({ weight, bias: Float32Array.of(0.25, 5) }, maps)]).toEqual([0.25, 5]);
});
