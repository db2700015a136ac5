import { expect, test } from 'vitest';
import { newTrial } from './create-study.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const spec = makeStudySpec({ datasetId: 'd' });
const parameters = { architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs: 2 } as const;

test('newTrial() gives every first training of equal settings one seed, whatever its number or study', () => {
  const first = newTrial(spec, 's', 0, parameters);
  expect(newTrial(spec, 'other', 17, { ...parameters, learningRate: 0.1 }).seed).toBe(first.seed);
  const { training } = spec;
  expect(newTrial({ ...spec, training: { ...training, seed: 1 } }, 's', 0, parameters).seed).not.toBe(first.seed);
});

test('newTrial() gives repetitions seeds of their own and says which they are', () => {
  const seeds = [0, 1, 2].map((repeat) => newTrial(spec, 's', 4, parameters, { repeat }).seed);
  expect(new Set(seeds).size).toBe(3);
  expect(newTrial(spec, 's', 4, parameters, { repeat: 2, userAttrs: { baseline: true } }).userAttrs).toEqual({
    baseline: true,
    repeat: 2,
  });
  expect(newTrial(spec, 's', 4, parameters).userAttrs).toEqual({});
});
