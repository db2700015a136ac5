import { describe, expect, test } from 'vitest';
import type { DatasetRecord } from './dataset.js';
import type { KnownArchitecture } from './ports/architecture-catalog.js';
import type { StudySpec } from './study.js';
import { makeDatasetContent } from './testing/make-dataset-content.js';
import { makeStudySpec } from './testing/make-study-spec.js';
import { problemsOfStudySpec } from './validate-study-spec.js';

const architectures: KnownArchitecture[] = [
  { name: 'alexnet', minImageSize: 63, weights: ['alexnet-drawn-v1'] },
  { name: 'resnet18', minImageSize: 32, weights: ['resnet18-drawn-v1'] },
  { name: 'inception_v3', minImageSize: 75, weights: [] },
];

const dataset: DatasetRecord = {
  id: 'd',
  name: 'insects',
  path: '/insects',
  validationFraction: 0.2,
  seed: 0,
  state: 'READY',
  progress: { done: 398, total: 398 },
  failure: null,
  rejectedCount: 0,
  createdAt: new Date(0),
  ...makeDatasetContent(),
};

const valid = makeStudySpec({ datasetId: 'd' });
const space = valid.searchSpace;

function problems(changes: Partial<StudySpec>, data: DatasetRecord | null = dataset) {
  return problemsOfStudySpec({ ...valid, ...changes }, data, architectures);
}

describe('problemsOfStudySpec()', () => {
  test('has nothing against a valid spec', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ searchSpace: { ...space, epochs: [1, 5, 20] } })).toEqual([]);
  });

  test.each<[string, Partial<StudySpec>, unknown, string]>([
    [
      'searchSpace.architecture[1]',
      { searchSpace: { ...space, architecture: ['alexnet', 'lenet'] } },
      'lenet',
      'one of alexnet, resnet18, inception_v3',
    ],
    ['searchSpace.architecture', { searchSpace: { ...space, architecture: [] } }, [], 'a list with at least one entry'],
    [
      'searchSpace.architecture[1]',
      { searchSpace: { ...space, architecture: ['alexnet', 'alexnet'] } },
      'alexnet',
      'different from the entries before it',
    ],
    ['training.imageSize', { training: { ...valid.training, imageSize: 48 } }, 48, 'at least 63 for alexnet'],
    [
      'searchSpace.learningRate.low',
      { searchSpace: { ...space, learningRate: { low: 0, high: 1 } } },
      0,
      'a number > 0',
    ],
    [
      'searchSpace.learningRate.high',
      { searchSpace: { ...space, learningRate: { low: 0.1, high: 0.01 } } },
      0.01,
      'a number >= low (0.1)',
    ],
    [
      'searchSpace.learningRate.perDepth.deep.high',
      {
        searchSpace: {
          ...space,
          learningRate: { low: 0.01, high: 0.1, perDepth: { deep: { low: 0.02, high: 0.01 } } },
        },
      },
      0.01,
      'a number >= low (0.02)',
    ],
    [
      'searchSpace.learningRate.perDepth.scratch',
      {
        searchSpace: {
          ...space,
          learningRate: { low: 0.01, high: 0.1, perDepth: { scratch: { low: 0.01, high: 1 } } },
        },
      },
      { low: 0.01, high: 1 },
      'a retrain depth of the study (shallow, deep)',
    ],
    [
      'searchSpace.epochs.high',
      { searchSpace: { ...space, epochs: { low: 5, high: 4, step: 1 } } },
      4,
      'an integer >= low (5)',
    ],
    ['searchSpace.epochs', { searchSpace: { ...space, epochs: [1, 0] } }, 0, 'integers >= 1'],
    [
      'objectives[1]',
      { objectives: [valid.objectives[0], valid.objectives[0]] },
      'accuracy',
      'different from the entries before it',
    ],
    [
      'constraints[0]',
      { constraints: [{ metric: 'accuracy' }] },
      { metric: 'accuracy' },
      'a metric with exactly one of atMost and atLeast',
    ],
    ['constraints[0].atLeast', { constraints: [{ metric: 'accuracy', atLeast: 80 }] }, 80, 'a number in [0, 1]'],
    ['constraints[0].atMost', { constraints: [{ metric: 'accuracy', atMost: -0.1 }] }, -0.1, 'a number in [0, 1]'],
    ['constraints[0].atMost', { constraints: [{ metric: 'latencyP95Ms', atMost: -5 }] }, -5, 'a number > 0'],
    ['constraints[0].atLeast', { constraints: [{ metric: 'sizeBytes', atLeast: 0 }] }, 0, 'a number > 0'],
    ['trials', { trials: 0 }, 0, 'an integer >= 1'],
    ['maxAttempts', { maxAttempts: 0 }, 0, 'an integer >= 1'],
    ['timeoutSeconds', { timeoutSeconds: 0 }, 0, 'a number > 0, or null'],
    ['seed', { seed: -1 }, -1, 'an integer in [0, 4294967295]'],
  ])('names %s, the value and what is allowed', (field, changes, value, allowed) => {
    expect(problems(changes)).toEqual([{ field, value, allowed }]);
  });

  test('names samplers, pruners and options that nobody knows', () => {
    const fields = problems({
      sampler: { name: 'tpe', options: { candidats: 3 } },
      pruner: { name: 'guillotine', options: {} },
    }).map(({ field }) => field);
    expect(fields).toEqual(['sampler.options.candidats', 'pruner.name']);
  });

  test('refuses several objectives with a sampler that takes one', () => {
    const sampler = { name: 'cmaes', options: {} };
    expect(problems({ sampler })).toEqual([
      {
        field: 'sampler.name',
        value: 'cmaes',
        allowed: expect.stringMatching(/^one of retune, random, tpe.*, as there are 2/),
      },
    ]);
    expect(problems({ sampler, objectives: valid.objectives.slice(0, 1) })).toEqual([]);
  });

  test('names the parameter of an enqueued point that lies outside the space', () => {
    const point = { architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs: 2 } as const;
    expect(
      problems({ enqueue: [point, { ...point, learningRate: 0.5 }, { ...point, retrainDepth: 'scratch' }] }),
    ).toEqual([
      { field: 'enqueue[1].learningRate', value: 0.5, allowed: expect.stringContaining('[0.0001, 0.1]') },
      { field: 'enqueue[2].retrainDepth', value: 'scratch', allowed: expect.stringContaining('shallow') },
    ]);
    const learningRate = { low: 0.01, high: 0.1, perDepth: { deep: { low: 1e-4, high: 1e-3 } } };
    expect(
      problems({
        searchSpace: { ...space, learningRate },
        enqueue: [point, { ...point, retrainDepth: 'shallow' }, { ...point, retrainDepth: 'scratch' }],
      }),
    ).toEqual([
      { field: 'enqueue[0].learningRate', value: 0.01, allowed: expect.stringContaining('[0.0001, 0.001]') },
      { field: 'enqueue[2].retrainDepth', value: 'scratch', allowed: expect.stringContaining('shallow') },
    ]);
    expect(problems({ trials: 1, enqueue: [point, point] })).toEqual([
      { field: 'enqueue', value: 2, allowed: 'at most trials (1) entries' },
    ]);
  });

  test('wants pretrained weights for every depth but scratch', () => {
    const searchSpace = { ...space, architecture: ['inception_v3'] };
    const training = { ...valid.training, imageSize: 80 };
    expect(problems({ searchSpace, training })).toEqual([
      {
        field: 'searchSpace.architecture[0]',
        value: 'inception_v3',
        allowed: expect.stringMatching(
          /retrain depth shallow needs them; to have them: retune zoo fetch inception_v3$/,
        ),
      },
    ]);
    expect(problems({ searchSpace: { ...searchSpace, retrainDepth: ['scratch'] }, training })).toEqual([]);
  });

  test.each<[string, DatasetRecord | null, string]>([
    ['no dataset', null, 'the id of a dataset'],
    ['an import that failed', { ...dataset, state: 'FAILED' }, 'READY (this one is FAILED)'],
    ['one class', { ...dataset, classes: dataset.classes.slice(0, 1) }, 'at least 2 classes'],
    [
      'a class without validation images',
      { ...dataset, classes: [dataset.classes[0], { name: 'bees', train: 9, validation: 0, test: 0 }] },
      "validation images in every class ('bees' has none)",
    ],
  ])('refuses %s', (_, data, allowed) => {
    expect(problems({}, data)).toEqual([{ field: 'datasetId', value: 'd', allowed: expect.stringContaining(allowed) }]);
  });
});
