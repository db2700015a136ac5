import { expect, test } from 'vitest';
import { buildNetwork, initialTensors } from '#model-zoo/networks';
import { type NamedTensor, Rng } from '#primitives';
import { calibrateFrozen } from './calibrate-frozen.js';
import { runBlocks } from './run-blocks.js';

test('calibrateFrozen() gives AlexNet features of deviation 1 and dense layers whose mean answer is zero', async () => {
  const network = buildNetwork('alexnet', { classes: 2, imageSize: 64 });
  const names = network.tensors.map(({ name }) => name).filter((name) => !name.startsWith('classifier.'));
  const body = initialTensors(network, 3, new Set(names));
  const rng = new Rng(1);
  // Weights that hardly differ keep 54 million draws out of a unit test.
  const dense = network.tensors
    .filter(({ name }) => name.startsWith('classifier.'))
    .map(({ name, shape }): NamedTensor => {
      const length = shape.reduce((product, axis) => product * axis, 1);
      const pattern = Float32Array.from({ length: 1009 }, () => rng.normal() / 64);
      return { name, shape, data: Float32Array.from({ length }, (_, index) => pattern[index % 1009] as number) };
    });
  const tensors = [...body, ...dense];
  const pictures = Float32Array.from({ length: 6 * 64 * 64 * 3 }, () => rng.normal());
  const end = network.blocks.findIndex(({ name }) => name === 'avgpool');
  const calibrated = await calibrateFrozen(network, tensors, end, pictures);

  const outputs = async (given: readonly NamedTensor[], to: number) => {
    const run = { network, tensors: given, from: 0, to, inputShape: [64, 64, 3] };
    return (await runBlocks(run, [pictures], () => 0)).value[0]?.data as Float32Array;
  };
  const features = await outputs(calibrated, end);
  let variance = 0;
  for (let channel = 0; channel < 256; channel++) {
    const column = Array.from({ length: 6 }, (_, row) => features[row * 256 + channel] as number);
    const mean = column.reduce((sum, value) => sum + value, 0) / 6;
    variance += column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (6 * 256);
  }
  expect(variance).toBeCloseTo(1, 3);

  const flat = await outputs(calibrated, end + 1);
  const weight = calibrated.find(({ name }) => name === 'classifier.1.weight') as NamedTensor;
  const bias = calibrated.find(({ name }) => name === 'classifier.1.bias') as NamedTensor;
  for (const output of [0, 777, 4095]) {
    let answer = bias.data[output] as number;
    flat.forEach((value, at) => {
      answer += (value * (weight.data[(at % 9216) * 4096 + output] as number)) / 6;
    });
    expect(answer).toBeCloseTo(0, 3);
  }
  const changed = calibrated.filter((tensor, index) => tensor !== tensors[index]).map(({ name }) => name);
  expect(changed).toEqual(['features.10.weight', 'features.10.bias', 'classifier.1.bias', 'classifier.4.bias']);
  expect(calibrated.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name));
});
