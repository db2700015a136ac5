import type { CreateStudyInput } from '#api-contract';

/** A small study that any dataset takes; `scratch` needs no pretrained weights. */
export function studyInput(datasetId: string, changes: Partial<CreateStudyInput> = {}): CreateStudyInput {
  return {
    name: 'insects',
    datasetId,
    searchSpace: {
      architecture: ['squeezenet1_1', 'resnet18'],
      retrainDepth: ['scratch'],
      learningRate: { low: 0.001, high: 0.1 },
      epochs: { low: 1, high: 3 },
    },
    constraints: [{ metric: 'latencyP95Ms', atMost: 50 }],
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    trials: 4,
    ...changes,
  };
}
