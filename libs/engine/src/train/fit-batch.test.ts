import { expect, test } from 'vitest';
import { compileFittedTrainer, largestBatch, stepMemory } from './fit-batch.js';
import { smallPlan } from './small-network.fixture.js';

const device = { provider: 'webgpu', index: 0 } as const;
const plan = smallPlan({ batchSize: 32, device });
const neededBy = (batchSize: number): number => stepMemory({ ...plan, batchSize }).neededBytes;

test('stepMemory() holds the state twice and grows with the batch', () => {
  const numbers = plan.tensors.reduce((sum, { data }) => sum + data.length, 0);
  const slots = plan.tensors.filter(({ name }) => plan.trainable(name)).reduce((sum, { data }) => sum + data.length, 0);
  expect(neededBy(1)).toBeGreaterThan(2 * 4 * (numbers + slots));
  expect(neededBy(32) - neededBy(16)).toBeGreaterThan(16 * 8 * 8 * 8 * 4); // the first map alone
});

test('largestBatch() is the plan’s where it fits, and 0 where not even one example does', () => {
  expect(largestBatch(plan, neededBy(32))).toBe(32);
  expect(largestBatch(plan, neededBy(1) - 1)).toBe(0);
});

test.each([1, 2, 7, 20, 31])('largestBatch() never promises more than fits, with memory for %i', (batchSize) => {
  const memoryBytes = neededBy(batchSize);
  const found = largestBatch(plan, memoryBytes);
  expect(found).toBeGreaterThanOrEqual(1);
  expect(found).toBeLessThanOrEqual(batchSize);
  expect(found).toBeGreaterThan(batchSize / 2);
  expect(neededBy(found)).toBeLessThanOrEqual(memoryBytes);
});

test('compileFittedTrainer() refuses before anything is opened where not even one example fits', async () => {
  await expect(compileFittedTrainer(plan, { memoryBytes: 1000 })).rejects.toThrow(
    /^Device webgpu:0 has too little memory for batchSize 1, which needs about \d+ MiB: not even a batch of 1 fits$/,
  );
});

test('compileFittedTrainer() keeps the batch on the processor', async () => {
  const trainer = await compileFittedTrainer(smallPlan({ batchSize: 8 }), { memoryBytes: 1000 });
  expect(trainer.batchSize).toBe(8);
  expect(trainer.nodesOnCpu).toEqual([]);
  await trainer.dispose();
});
