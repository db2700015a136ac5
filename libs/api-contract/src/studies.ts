import { z } from 'zod';
import { direction, metricName, pageQuery, retrainDepth, timestamp, trialState, weightsName } from './vocabulary.js';

const seed = z.number().int().min(0).max(4294967295);

const learningRateEnds = { low: z.number().positive().max(10), high: z.number().positive().max(10) };

/** Learning rates are drawn from [low, high] on a logarithmic scale. */
export const learningRateRange = z
  .strictObject(learningRateEnds)
  .refine(({ low, high }) => low <= high, { path: ['low'], message: 'must be at most high' });

/**
 * A range for every retrain depth; those named in `perDepth` have one of their own, as few new layers bear higher
 * learning rates than a whole network.
 */
export const learningRateSpace = z
  .strictObject({
    ...learningRateEnds,
    perDepth: z
      .strictObject({
        shallow: learningRateRange.optional(),
        partial: learningRateRange.optional(),
        deep: learningRateRange.optional(),
        scratch: learningRateRange.optional(),
      })
      .optional(),
  })
  .refine(({ low, high }) => low <= high, { path: ['low'], message: 'must be at most high' });

/** Epochs: a range with a step, or a list. */
export const epochRange = z.union([
  z
    .strictObject({
      low: z.number().int().min(1).max(10_000),
      high: z.number().int().min(1).max(10_000),
      step: z.number().int().min(1).default(1),
    })
    .refine(({ low, high }) => low <= high, { path: ['low'], message: 'must be at most high' }),
  z.array(z.number().int().min(1).max(10_000)).min(1).max(100),
]);

export const searchSpace = z.strictObject({
  architecture: z.array(z.string()).min(1).max(64),
  retrainDepth: z.array(retrainDepth).min(1).max(4),
  learningRate: learningRateSpace,
  epochs: epochRange,
});
export type SearchSpace = z.infer<typeof searchSpace>;

/** What every trial of the study shares. */
export const trainingSettings = z.strictObject({
  /** Side of the square the networks see, pixels; the short side of a picture is resized to it first. */
  imageSize: z.number().int().min(32).max(512).default(64),
  batchSize: z.number().int().min(1).max(512).default(16),
  momentum: z.number().min(0).lt(1).default(0.9),
  weightDecay: z.number().min(0).max(1).default(0.0001),
  /**
   * How the new head starts: `probe` as a linear probe on the features of the pretrained network, `random` as the seed
   * draws it. Training from scratch always starts at random.
   */
  headInit: z.enum(['probe', 'random']).default('probe'),
  /** Images in the batch whose latency is measured. */
  latencyBatch: z.number().int().min(1).max(64).default(4),
  seed: seed.default(0),
  /**
   * Architecture -> name of the weights its pretrained trials start from. What is left out is filled in when the study is
   * created, so that weights that are imported later change no study.
   */
  weights: z.record(z.string().max(100), weightsName).optional(),
});
export type TrainingSettings = z.infer<typeof trainingSettings>;

export const objective = z.strictObject({ metric: metricName, direction });
/** A bound on a metric; exactly one of `atMost` and `atLeast`. */
export const constraint = z
  .strictObject({ metric: metricName, atMost: z.number().optional(), atLeast: z.number().optional() })
  .refine(({ atMost, atLeast }) => (atMost === undefined) !== (atLeast === undefined), {
    message: 'must be a metric with exactly one of atMost and atLeast',
  });
export type Constraint = z.infer<typeof constraint>;

/** A sampler or pruner by name with its options; the names and options are listed by GET /v1/algorithms. */
export const algorithm = z.strictObject({
  name: z.string().min(1).max(40),
  options: z.record(z.string(), z.unknown()).default({}),
});

/** A fixed configuration that is tried before the sampler proposes any. */
export const enqueuedTrial = z.strictObject({
  architecture: z.string(),
  retrainDepth,
  learningRate: z.number().positive().max(10),
  epochs: z.number().int().min(1).max(10_000),
});

/** Earlier studies that the sampler learns from: same metrics as objectives, overlapping search spaces, any dataset. */
export const warmStart = z.strictObject({
  /** Their trials that have finished when the study is created; none of them becomes a trial of the study. */
  studyIds: z.array(z.uuid()).min(1).max(20),
  /** How much one of their trials counts beside one of the study's own. */
  weight: z.number().positive().max(1).default(0.5),
});

/** POST /v1/studies, and the content of a file in configs/studies/ (with `dataset` by name in place of `datasetId`). */
export const createStudyRequest = z.strictObject({
  name: z.string().trim().min(1).max(120),
  datasetId: z.uuid(),
  searchSpace,
  training: trainingSettings.prefault({}),
  objectives: z
    .array(objective)
    .min(1)
    .max(4)
    .default([
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'latencyP95Ms', direction: 'minimize' },
    ]),
  constraints: z.array(constraint).max(8).default([]),
  sampler: algorithm.default({ name: 'auto', options: {} }),
  pruner: algorithm.default({ name: 'median', options: {} }),
  enqueue: z.array(enqueuedTrial).max(1000).default([]),
  /**
   * Whether trial 0 is what BiT-HyperRule gives for the size of the dataset without any search: the result to beat. It is
   * one of `trials`.
   */
  baseline: z.boolean().optional(),
  warmStart: warmStart.optional(),
  /** How many trials are made at the most; one record of each architecture that misses a constraint by its profile comes on top. */
  trials: z.number().int().min(1).max(100_000).default(50),
  /** No new trial begins after this many seconds from the study's creation. */
  timeoutSeconds: z.number().positive().max(31_536_000).nullable().default(null),
  /** Workers that may be lost with a trial, the first included, before it is FAIL. */
  maxAttempts: z.number().int().min(1).max(20).default(3),
  /** Seed of the sampler. */
  seed: seed.default(0),
});
/** What a client may send: defaults may be left out. */
export type CreateStudyInput = z.input<typeof createStudyRequest>;
export type CreateStudyRequest = z.infer<typeof createStudyRequest>;

/** RUNNING: trials are made and given out. STOPPED: by a person. COMPLETE: every trial is finished. */
export const studyState = z.enum(['RUNNING', 'STOPPED', 'COMPLETE']);
export type StudyState = z.infer<typeof studyState>;

export const study = z.object({
  id: z.uuid(),
  name: z.string(),
  state: studyState,
  spec: createStudyRequest,
  datasetName: z.string(),
  /** Trials by state. */
  counts: z.record(trialState, z.number().int()),
  /** Trials finished, and trials wanted. */
  progress: z.object({ finished: z.number().int(), total: z.number().int() }),
  /** Predicted from the trials so far; null while nothing is known or nothing is left. */
  eta: z.object({ secondsRemaining: z.number(), finishesAt: timestamp }).nullable(),
  /** Number of the trial the ranking puts first; null while none is feasible. */
  bestTrialNumber: z.number().int().nullable(),
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
});
export type Study = z.infer<typeof study>;
export const studyListQuery = pageQuery.extend({ state: studyState.optional() });

/** GET /v1/algorithms: the samplers and pruners a study can name. */
export const algorithms = z.object({
  samplers: z.array(z.object({ name: z.string(), description: z.string(), options: z.record(z.string(), z.string()) })),
  pruners: z.array(z.object({ name: z.string(), description: z.string(), options: z.record(z.string(), z.string()) })),
});
export type Algorithms = z.infer<typeof algorithms>;
