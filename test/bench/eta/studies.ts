import type { CreateStudyInput } from '#api-contract';

/** A study of the bench, but for its dataset. */
export type BenchStudy = Omit<CreateStudyInput, 'datasetId'>;

const base = {
  training: { imageSize: 64, batchSize: 16 },
  objectives: [
    { metric: 'accuracy', direction: 'maximize' },
    { metric: 'latencyP95Ms', direction: 'minimize' },
  ],
} satisfies Partial<BenchStudy>;

const small = ['squeezenet1_1', 'resnet18'];
const learningRate = { low: 0.0005, high: 0.02 };

/** Studies that differ in what makes a prediction hard; the first one finds no record at all. */
export const studies: readonly BenchStudy[] = [
  {
    ...base,
    name: 'random, no record',
    searchSpace: {
      architecture: [...small, 'alexnet'],
      retrainDepth: ['shallow', 'deep'],
      learningRate,
      epochs: { low: 1, high: 4 },
    },
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    trials: 24,
  },
  {
    ...base,
    name: 'tpe and median',
    searchSpace: {
      architecture: [...small, 'alexnet'],
      retrainDepth: ['shallow', 'deep', 'scratch'],
      learningRate,
      epochs: { low: 2, high: 6 },
    },
    sampler: { name: 'tpe', options: { startupTrials: 6 } },
    pruner: { name: 'median', options: { startupTrials: 4, warmupSteps: 1 } },
    trials: 24,
  },
  {
    ...base,
    name: 'enqueued alone',
    searchSpace: { architecture: small, retrainDepth: ['deep', 'shallow'], learningRate, epochs: { low: 1, high: 12 } },
    enqueue: [
      ...small.flatMap((architecture) =>
        [3, 8, 12].map((epochs) => ({ architecture, retrainDepth: 'deep' as const, learningRate: 0.002, epochs })),
      ),
      { architecture: 'resnet18', retrainDepth: 'shallow', learningRate: 0.005, epochs: 12 },
    ],
    trials: 7,
  },
  {
    ...base,
    name: 'another image size',
    training: { imageSize: 96, batchSize: 32 },
    searchSpace: { architecture: small, retrainDepth: ['shallow', 'partial', 'deep'], learningRate, epochs: [2, 4] },
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    trials: 18,
  },
  {
    ...base,
    name: 'gp and pareto',
    searchSpace: { architecture: small, retrainDepth: ['partial', 'deep'], learningRate, epochs: { low: 2, high: 6 } },
    sampler: { name: 'gp' },
    pruner: { name: 'pareto' },
    trials: 18,
  },
  {
    ...base,
    name: 'two minutes',
    searchSpace: {
      architecture: [...small, 'alexnet'],
      retrainDepth: ['shallow', 'deep'],
      learningRate,
      epochs: { low: 1, high: 6 },
    },
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: { wallClockSeconds: 120 },
  },
];

/** For a service that has the planner: the default strategy. */
export const plannerStudy: BenchStudy = {
  ...base,
  name: 'retune',
  searchSpace: {
    architecture: [...small, 'alexnet'],
    retrainDepth: ['shallow', 'partial', 'deep'],
    learningRate,
    epochs: { low: 1, high: 8 },
  },
  sampler: { name: 'retune' },
  pruner: { name: 'pareto' },
  trials: 24,
};

/** Two short ones with the same goals. */
export const quickStudies: readonly BenchStudy[] = [
  {
    ...(studies[0] as BenchStudy),
    name: 'random, no record, quick',
    searchSpace: { architecture: small, retrainDepth: ['shallow', 'deep'], learningRate, epochs: { low: 1, high: 2 } },
    trials: 8,
  },
  { ...(studies[5] as BenchStudy), name: 'twenty seconds', budget: { wallClockSeconds: 20 } },
];
