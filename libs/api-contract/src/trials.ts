import { z } from 'zod';
import { deviceIdentity } from './devices.js';
import { count, failReason, metricName, pageQuery, retrainDepth, sha256, timestamp, trialState } from './vocabulary.js';

export const trialParameters = z.object({
  architecture: z.string(),
  retrainDepth,
  /** Of SGD with momentum; > 0. */
  learningRate: z.number().positive(),
  epochs: z.number().int().positive(),
});
export type TrialParameters = z.infer<typeof trialParameters>;

/** One epoch of a trial. Accuracies are 0–1, losses mean cross-entropies in nats. */
export const epochReport = z.object({
  /** 1 for the first epoch. */
  epoch: count.min(1),
  trainLoss: z.number(),
  validationLoss: z.number(),
  accuracy: z.number().min(0).max(1),
  /** Wall time of the epoch's training steps, and of its evaluation. */
  trainSeconds: z.number().min(0),
  evaluationSeconds: z.number().min(0),
});
export type EpochReport = z.infer<typeof epochReport>;

const measures = z.object({
  accuracy: z.number().min(0).max(1),
  /** Validation images classified right, and how many there were. */
  correct: count,
  validationImages: count.min(1),
  validationLoss: z.number(),
  latencyP50Ms: z.number().positive(),
  latencyP95Ms: z.number().positive(),
  latencyBatch: count.min(1),
  latencyRepeats: count.min(1),
  /** Of the exported parameters. */
  sizeBytes: z.number().int().min(0),
  parameterCount: z.number().int().min(0),
  trainedParameterCount: z.number().int().min(0),
  /** Examples of a training step: fewer than `training.batchSize` where memory or pictures did not suffice. */
  trainBatchSize: count.min(1).optional(),
  /** Wall time: decoding pictures, compiling graphs, training steps (frozen prefix included), evaluation. */
  decodeSeconds: z.number().min(0),
  compileSeconds: z.number().min(0),
  trainSeconds: z.number().min(0),
  evaluationSeconds: z.number().min(0),
  /**
   * What of frozen work, training and evaluation this very trial did: the seconds above count the whole training, also
   * what an equal one or a cache had already. Absent of trials that are older than it.
   */
  computedSeconds: z.number().min(0).optional(),
  /** Highest resident set of the training process. */
  peakMemoryBytes: z.number().int().min(0),
});

/** Everything that is measured of a trial that was trained to its end. */
export const trialMeasures = measures.refine(({ correct, validationImages }) => correct <= validationImages, {
  path: ['correct'],
  message: 'must be at most validationImages',
});
export type TrialMeasures = z.infer<typeof trialMeasures>;

/** What was measured of a trial so far. Anything not reached is absent; the two counts come together. */
export const partialTrialMeasures = measures
  .partial()
  .refine(
    ({ correct, validationImages }) =>
      correct === undefined ? validationImages === undefined : correct <= (validationImages ?? -1),
    { path: ['correct'], message: 'must be at most validationImages, which stands beside it' },
  );

export const trial = z.object({
  id: z.uuid(),
  studyId: z.uuid(),
  number: z.number().int().min(0),
  state: trialState,
  parameters: trialParameters,
  /** What is known of the trial besides: `baseline` of the one that a rule gave, with what the rule said; `repeat` of one that repeats another. */
  userAttrs: z.record(z.string(), z.unknown()).default({}),
  attempt: z.number().int().min(0),
  workerId: z.string().nullable(),
  /** The device that trained it. */
  device: deviceIdentity.nullable(),
  /** The device that its latency was measured on; null while that is unknown. */
  latencyDevice: deviceIdentity.nullable(),
  /** Last reported epoch. */
  epoch: z.number().int().min(0),
  measures: partialTrialMeasures,
  /** 95 % Wilson interval of the accuracy. */
  accuracyInterval: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Per constraint of the study: excess over the bound in the metric's unit, <= 0 where met; null while unknown. */
  constraints: z.array(z.object({ metric: metricName, violation: z.number().nullable() })),
  feasible: z.boolean().nullable(),
  /** On the feasible Pareto front. */
  onFront: z.boolean(),
  pruneReason: z.string().nullable(),
  failReason: failReason.nullable(),
  failMessage: z.string().nullable(),
  /** SHA-256 of the trained tensors (safetensors). */
  checkpoint: z.object({ sha256, bytes: z.number().int() }).nullable(),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
});
export type Trial = z.infer<typeof trial>;

export const trialListQuery = pageQuery.extend({
  state: trialState.optional(),
  architecture: z.string().max(64).optional(),
  retrainDepth: retrainDepth.optional(),
  feasible: z.enum(['true', 'false']).optional(),
  sort: z.enum(['number', 'accuracy', 'latencyP95Ms', 'trainSeconds', 'sizeBytes']).default('number'),
  order: z.enum(['asc', 'desc']).default('asc'),
});

/** GET /v1/studies/:id/trials/:number/curve. */
export const trialCurve = z.object({ number: z.number().int(), reports: z.array(epochReport) });
