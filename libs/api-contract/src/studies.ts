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

const scheduleEpoch = z.number().int().min(1).max(10_000);

/**
 * The learning rate of each epoch as a multiple of the trial's. None depends on how many epochs there are in all, so a
 * trial for more epochs goes on where an equal one for fewer stopped.
 */
export const learningRateSchedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  /** Rises in equal steps: 1 / (epochs + 1) of the rate in the first epoch, the whole rate after `epochs` of them. */
  z.strictObject({ kind: z.literal('warmup'), epochs: scheduleEpoch }),
  /** Multiplied by `factor` once that many epochs are done. */
  z.strictObject({
    kind: z.literal('steps'),
    at: z
      .array(scheduleEpoch)
      .min(1)
      .max(100)
      .refine((at) => at.every((epoch, index) => index === 0 || epoch > (at[index - 1] as number)), {
        message: 'must be in rising order',
      }),
    factor: z.number().positive().lt(1),
  }),
]);
export type LearningRateSchedule = z.infer<typeof learningRateSchedule>;

/**
 * Seeded views of every training picture: epoch e trains on view e mod `views` of each. View 0 is the picture as it is, the
 * others depend on `training.seed`, the picture and their number alone. Validation always sees the pictures as they are.
 */
export const augmentation = z
  .strictObject({
    views: z.number().int().min(1).max(32),
    /** Whether half of the other views are mirrored. */
    flip: z.boolean().default(true),
    /** Largest shift in either direction, as a part of the side; the edge is repeated. */
    shift: z.number().min(0).max(0.5).default(0.1),
  })
  .refine(({ views, flip, shift }) => views === 1 || flip || shift > 0, {
    path: ['shift'],
    message: 'must be above 0 where flip is false',
  });
export type Augmentation = z.infer<typeof augmentation>;

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
  schedule: learningRateSchedule.default({ kind: 'constant' }),
  /** Default: none, every epoch sees the pictures as they are. */
  augmentation: augmentation.optional(),
  /**
   * How the features of frozen blocks are kept on disk and in memory: `fp16` (IEEE half precision) takes half as much. What is
   * trained on them computes in float32 either way. A network with a feature above 65504 cannot be trained with `fp16`.
   */
  featureDtype: z.enum(['fp32', 'fp16']).default('fp32'),
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

/**
 * What a study may use; whichever limit is reached first ends it. Time is the database's. Running trials end with the first
 * report after `wallClockSeconds`, `deadline` or `trainSeconds`, PRUNED, so that nothing overruns by more than one epoch.
 */
export const studyBudget = z.strictObject({
  /** From the creation of the study to its very end, the reserve included. */
  wallClockSeconds: z.number().positive().max(31_536_000).optional(),
  /** When the study has to be over. */
  deadline: timestamp.optional(),
  /** Training that the workers compute, all together; what is taken over from the record is free. */
  trainSeconds: z.number().positive().max(3_153_600_000).optional(),
  /** The same as `trials`. */
  trials: z.number().int().min(1).max(100_000).optional(),
  /**
   * Kept back of the time, for the final evaluation and the export. Default: what earlier exports took (30 where there was
   * none), a fifth of the time at the most.
   */
  reserveSeconds: z.number().min(0).max(31_536_000).optional(),
});
export type StudyBudget = z.infer<typeof studyBudget>;

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
  sampler: algorithm.default({ name: 'retune', options: {} }),
  pruner: algorithm.default({ name: 'pareto', options: {} }),
  enqueue: z.array(enqueuedTrial).max(1000).default([]),
  /**
   * Whether trial 0 is what BiT-HyperRule gives for the size of the dataset without any search: the result to beat. It is
   * one of `trials`.
   */
  baseline: z.boolean().optional(),
  warmStart: warmStart.optional(),
  /**
   * How many trials are made at the most; the same as `budget.trials`. Default: 50, and as many as there is time for where
   * `budget` limits the time. One record of each architecture that misses a constraint by its profile comes on top.
   */
  trials: z.number().int().min(1).max(100_000).optional(),
  /**
   * No new trial begins after this many seconds from the study's creation; what runs then goes on to its end, so the study may
   * take longer. `budget` ends it in time.
   */
  timeoutSeconds: z.number().positive().max(31_536_000).nullable().default(null),
  budget: studyBudget.optional(),
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

/** When a study is expected to end. */
export const studyEta = z.object({
  /** As likely too long as too short. */
  secondsRemaining: z.number(),
  /** The ends of a 90 % interval, seconds. */
  low: z.number(),
  high: z.number(),
  finishesAt: timestamp,
  /** Trials that will have finished by then. */
  trials: z.number().int(),
});

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
  eta: studyEta.nullable(),
  /** When `spec.budget` ends it, and what of that time is kept back; null where nothing limits the time. */
  budget: z
    .object({
      endsAt: timestamp.nullable(),
      reserveSeconds: z.number(),
      /** Training that workers computed so far. */
      spentTrainSeconds: z.number(),
    })
    .nullable(),
  /** Number of the trial the ranking puts first; null while none is feasible. */
  bestTrialNumber: z.number().int().nullable(),
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
});
export type Study = z.infer<typeof study>;
export const studyListQuery = pageQuery.extend({ state: studyState.optional() });

/** POST /v1/studies?dryRun=true answers 200 with the plan of the study and stores nothing. */
export const createStudyQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') });
export type CreateStudyQuery = z.infer<typeof createStudyQuery>;

/** Seconds as they are predicted, and the ends of a 90 % interval. */
const predictedSeconds = z.object({ seconds: z.number(), low: z.number(), high: z.number() });

/**
 * Where a figure is from: `record` of equal trials on the device; `scaled` from those of the same architecture and depth at
 * another image size, batch size or runtime; `profile`: the latency measured there; `guess`: multiply-accumulates alone.
 */
export const costSource = z.enum(['record', 'scaled', 'profile', 'guess']);
export type CostSource = z.infer<typeof costSource>;

/** What a study would do, and how long it would take. */
export const studyPlan = z.object({
  name: z.string(),
  dataset: z.object({ name: z.string(), train: z.number().int(), validation: z.number().int() }),
  /** Who would work on it. */
  workers: z.object({
    /** Alive now. The plan is for these; for one worker where it is 0. */
    alive: z.number().int(),
    /** Kinds of devices, those of the workers alive; else the last one that was seen, else a processor that nobody knows. */
    devices: z.array(
      z.object({ class: z.string(), name: z.string(), threads: z.number().int(), workers: z.number().int() }),
    ),
  }),
  /** Architectures × retrain depths that would be trained, on the first of the devices. */
  candidates: z.array(
    z.object({
      architecture: z.string(),
      retrainDepth,
      epoch: predictedSeconds,
      /** Everything else of a trial: start-up, compiling, frozen features. */
      fixed: predictedSeconds,
      source: costSource,
    }),
  ),
  /** Architectures that a profile on record rules out: they are not trained. */
  ruledOut: z.array(
    z.object({
      architecture: z.string(),
      metric: metricName,
      value: z.number(),
      atMost: z.number().optional(),
      atLeast: z.number().optional(),
    }),
  ),
  /** What has to be measured before trials begin. */
  preparations: z.array(
    z.object({ kind: z.enum(['profile', 'probe']), architecture: z.string(), seconds: z.number() }),
  ),
  /** Expected trials and epochs. */
  trials: z.number().int(),
  epochs: z.number().int(),
  /** From the first claim to the last finish. */
  duration: predictedSeconds,
  /** Which limit is expected to end it. */
  limit: z.enum(['trials', 'timeoutSeconds', 'wallClockSeconds', 'deadline', 'trainSeconds', 'searchSpace']),
  /** Kept back of the time for the final evaluation and the export. */
  reserveSeconds: z.number(),
});
export type StudyPlan = z.infer<typeof studyPlan>;

/** GET /v1/algorithms: the samplers and pruners a study can name. */
export const algorithms = z.object({
  samplers: z.array(z.object({ name: z.string(), description: z.string(), options: z.record(z.string(), z.string()) })),
  pruners: z.array(z.object({ name: z.string(), description: z.string(), options: z.record(z.string(), z.string()) })),
});
export type Algorithms = z.infer<typeof algorithms>;
