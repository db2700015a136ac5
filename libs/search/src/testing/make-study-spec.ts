import type { StudySpec } from '../study.js';

/** A valid spec of a study; fields may be replaced. */
export function makeStudySpec(changes: Partial<StudySpec> & Pick<StudySpec, 'datasetId'>): StudySpec {
  return {
    name: 'insects',
    searchSpace: {
      architecture: ['alexnet', 'resnet18'],
      retrainDepth: ['shallow', 'deep'],
      learningRate: { low: 0.0001, high: 0.1 },
      epochs: { low: 1, high: 5, step: 1 },
    },
    training: {
      imageSize: 64,
      batchSize: 16,
      momentum: 0.9,
      weightDecay: 0.0001,
      headInit: 'probe',
      latencyBatch: 4,
      seed: 0,
    },
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'latencyP95Ms', direction: 'minimize' },
    ],
    constraints: [],
    sampler: { name: 'random', options: {} },
    pruner: { name: 'none', options: {} },
    enqueue: [],
    trials: 10,
    timeoutSeconds: null,
    maxAttempts: 3,
    seed: 7,
    ...changes,
  };
}
