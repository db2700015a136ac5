import { expect, test } from 'vitest';
import { EpochBatches, type MaskSpec } from './epoch-batches.js';

const plan = { inputShape: [2], classes: 5, batchSize: 3, seed: 4 };
const data = {
  inputs: Float32Array.from({ length: 22 }, (_, index) => index),
  labels: Int32Array.from({ length: 11 }, (_, index) => index % 5),
};
const masks: MaskSpec[] = [
  { shape: [3, 7], rate: 0.5 },
  { shape: [3, 4], rate: 0.2 },
];

test('EpochBatches hands out each example at most once with its label, and drops the incomplete batch', () => {
  const batches = new EpochBatches(data, plan, [], 0);
  const { steps, examples, labels } = batches.take(10);
  expect([steps, batches.steps, batches.remaining]).toEqual([3, 3, 0]);
  const sources = Array.from({ length: 9 }, (_, row) => examples[row * 2] / 2);
  expect(new Set(sources).size).toBe(9);
  sources.forEach((source, row) => {
    expect([...examples.subarray(row * 2, row * 2 + 2)]).toEqual([source * 2, source * 2 + 1]);
    expect(labels[row]).toBe(source % 5);
  });
});

test('EpochBatches reads examples that are made one by one as those in memory', () => {
  const inputs = {
    length: data.inputs.length,
    read: (index: number, target: Float32Array) => target.set([2 * index, 2 * index + 1]),
  };
  const made = new EpochBatches({ ...data, inputs }, plan, masks, 1).take(3);
  expect(made).toEqual(new EpochBatches(data, plan, masks, 1).take(3));
  const short = { ...data, inputs: { ...inputs, length: 21 } };
  expect(() => new EpochBatches(short, plan, masks, 1)).toThrow('inputs has 21 numbers, must have 22 (11 × [2])');
});

test('EpochBatches gives the same batches and masks in any portions, others in another epoch', () => {
  const whole = new EpochBatches(data, plan, masks, 1).take(3);
  const portions = new EpochBatches(data, plan, masks, 1);
  const parts = [portions.take(1), portions.take(2)];
  expect(parts.flatMap(({ examples }) => [...examples])).toEqual([...whole.examples]);
  whole.masks.forEach((mask, index) => {
    expect(parts.flatMap((part) => [...part.masks[index]])).toEqual([...mask]);
  });
  expect(new EpochBatches(data, plan, masks, 2).take(3).examples).not.toEqual(whole.examples);
});

test('EpochBatches masks keep 1 - rate of the elements within five standard errors', () => {
  for (const rate of [0.1, 0.5, 0.75]) {
    const count = 30_000;
    const spec = { shape: [3, count / 3], rate };
    const [mask] = new EpochBatches(data, plan, [spec], 0).take(1).masks;
    const kept = mask.reduce((sum, value) => sum + value, 0) / count;
    expect(Math.abs(kept - (1 - rate))).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / count));
  }
});

test('EpochBatches.drawMask() gives, mask by mask, what take() gives who says beforehand what will be dropped', () => {
  const specs = [
    { shape: [4, 5], rate: 0.5 },
    { shape: [3], rate: 0.2 },
  ];
  const data = { inputs: new Float32Array(8), labels: new Int32Array(8) };
  const plan = { inputShape: [1], classes: 2, batchSize: 4, seed: 3 };
  const [batches, drawn] = [new EpochBatches(data, plan, specs, 1), new EpochBatches(data, plan, [], 1)];
  const { masks } = batches.take(2);
  for (const step of [0, 1]) {
    specs.forEach((spec, index) => {
      const size = spec.shape.reduce((product, axis) => product * axis, 1);
      expect(drawn.drawMask(spec)).toEqual(masks[index].subarray(step * size, (step + 1) * size));
    });
  }
});
