import { z } from 'zod';
import { device, deviceIdentity } from './devices.js';
import { exportVerification } from './exports.js';
import { architectureProfile } from './profiles.js';
import { constraint, trainingSettings } from './studies.js';
import { epochReport, partialTrialMeasures, trialMeasures, trialParameters } from './trials.js';
import { attempt, count, failReason, queryNumber, sha256, timestamp, weightsName } from './vocabulary.js';

/** POST /v1/worker/claim. A claim whose answer was lost is asked again with the same `claimRequestId` and returns the same claim. */
export const claimRequest = z.strictObject({
  workerId: z.string().min(1).max(120),
  claimRequestId: z.uuid(),
  device,
});
export type ClaimRequest = z.infer<typeof claimRequest>;

const lease = z.object({
  /** Fencing token: every later write of this claim carries it. */
  attempt,
  leaseSeconds: z.number().positive(),
  heartbeatSeconds: z.number().positive(),
});

/** The dataset version a claim works on; the manifest and every image lie in the artifact store under their SHA-256. */
export const claimDataset = z.object({
  name: z.string(),
  version: sha256,
  manifestSha256: sha256,
  classes: z.array(z.string()),
});

/** What a trial may take over from others: both true, but where a study measures what that is worth. Bytes are the same. */
export const trialReuse = z.object({
  /** Frozen work: pictures' features and the head fitted to them. */
  features: z.boolean(),
  /** Epochs of an equal training that is on record. */
  trajectories: z.boolean(),
});
export type TrialReuse = z.infer<typeof trialReuse>;

/** What a profile on record says of a trial for the batch that its study asks for. */
export const claimProfile = z.object({
  latencyP50Ms: z.number().positive(),
  latencyP95Ms: z.number().positive(),
  latencyBatch: count.min(1),
  latencyRepeats: count.min(1),
  sizeBytes: z.number().int().min(0),
  parameterCount: z.number().int().min(0),
  /** The latency was measured on it. */
  latencyDevice: deviceIdentity,
});
export type ClaimProfile = z.infer<typeof claimProfile>;

export const trialClaim = lease.extend({
  kind: z.literal('trial'),
  trialId: z.uuid(),
  studyId: z.uuid(),
  studyName: z.string(),
  number: z.number().int().min(0),
  parameters: trialParameters,
  training: trainingSettings,
  constraints: z.array(constraint),
  dataset: claimDataset,
  /** Seed of this trial: the same for every attempt. */
  seed: z.number().int().min(0),
  reuse: trialReuse,
  /** Known already: nothing of it is measured again, nor sent to `profile`. Absent: the trial measures itself. */
  profile: claimProfile.optional(),
});
export type TrialClaim = z.infer<typeof trialClaim>;

export const exportClaim = lease.extend({
  kind: z.literal('export'),
  exportId: z.uuid(),
  studyId: z.uuid(),
  studyName: z.string(),
  trialNumber: z.number().int().min(0),
  parameters: trialParameters,
  training: trainingSettings,
  dataset: claimDataset,
  seed: z.number().int().min(0),
  /** Trained tensors of the trial, and what was recorded of it. */
  checkpoint: z.object({ sha256, bytes: z.number().int() }),
  /** Hash of the tensors the trial began with, a probed head included. */
  initialStateSha256: sha256,
  measures: trialMeasures,
  accuracyInterval: z.object({ low: z.number(), high: z.number() }),
  reports: z.array(epochReport),
  /** Trained the trial. */
  device: deviceIdentity,
  /** Its latency was measured on it. */
  latencyDevice: deviceIdentity,
});
export type ExportClaim = z.infer<typeof exportClaim>;

const preparationLease = lease.extend({
  preparationId: z.uuid(),
  architecture: z.string(),
  /** Side of the square the network sees, pixels. */
  imageSize: count.min(1),
});

/** An architecture to be measured on the device of the worker, once for all studies. */
export const profileClaim = preparationLease.extend({
  kind: z.literal('profile'),
  classes: count.min(2),
  /** Batch sizes whose latency is wanted, ascending. */
  batches: z.array(count.min(1)).min(1),
});
export type ProfileClaim = z.infer<typeof profileClaim>;

/** Pretrained features to be judged on a dataset, once for all studies. */
export const probeClaim = preparationLease.extend({
  kind: z.literal('probe'),
  weights: weightsName,
  dataset: claimDataset,
});
export type ProbeClaim = z.infer<typeof probeClaim>;

/** 200 with a claim; 204 where there is nothing to do. Profiles and probes are given to workers that say their `runtime`. */
export const claim = z.discriminatedUnion('kind', [trialClaim, exportClaim, profileClaim, probeClaim]);
export type Claim = z.infer<typeof claim>;

/** POST /v1/worker/trials/:id/heartbeat, and of exports and preparations. 409 LEASE_LOST: stop at once. */
export const heartbeatRequest = z.strictObject({ attempt });
export type HeartbeatRequest = z.infer<typeof heartbeatRequest>;
export const heartbeatResponse = z.object({ leaseUntil: timestamp, cancel: z.boolean() });
export type HeartbeatResponse = z.infer<typeof heartbeatResponse>;

/** What a worker must do next. */
export const verdict = z.object({ action: z.enum(['continue', 'prune', 'cancel']), reason: z.string().nullable() });
export type Verdict = z.infer<typeof verdict>;

/** POST /v1/worker/trials/:id/profile: what is known before training (latency, size); may already decide. */
export const profileRequest = z.strictObject({
  attempt,
  measures: partialTrialMeasures,
  /** The latency among the measures was measured on it. Absent: on the device of the claim. */
  latencyDevice: z.strictObject(deviceIdentity.shape).optional(),
});
export type ProfileRequest = z.infer<typeof profileRequest>;

const artifact = z.strictObject({ sha256, bytes: z.number().int().min(1) });

/** What is known of a training at the end of one of its epochs besides its reports; seconds count it from its beginning. */
export const pointMeasures = z.strictObject({
  correct: count,
  validationImages: count.min(1),
  trainBatchSize: count.min(1),
  trainSeconds: z.number().min(0),
  evaluationSeconds: z.number().min(0),
});
export type PointMeasures = z.infer<typeof pointMeasures>;

/** State of a training at the end of the last reported epoch, in the artifact store before it is named here. */
export const trajectoryPoint = z.strictObject({
  /** Trained tensors (safetensors). */
  checkpoint: artifact,
  /** Momentum of each trained parameter (safetensors). Order and masks of later epochs follow from seed and epoch. */
  slots: artifact,
  /** Hash of the tensors the training began with. */
  initialStateSha256: sha256,
  measures: pointMeasures,
});
export type TrajectoryPoint = z.infer<typeof trajectoryPoint>;

/**
 * POST /v1/worker/trials/:id/continue: which training the trial is, before any of its own epochs. It is given the latest
 * point on record of an equal one with at most its epochs, whose reports become its own. Asked again, it gives what it
 * gave, or what there is by then.
 */
export const continueRequest = z.strictObject({
  attempt,
  /** Hash of everything that decides the training but its epochs. */
  trajectory: sha256,
  /** Epoch of a point that was given before and cannot be used (missing or damaged): it is forgotten. */
  unusable: count.min(1).optional(),
});
export type ContinueRequest = z.infer<typeof continueRequest>;
export const continueResponse = z.object({
  /** Null: the training begins anew. */
  from: z
    .object({
      /** Epochs done; all of the trial's where nothing is left to train. */
      epoch: count.min(1),
      checkpoint: artifact,
      /** Null where only this very epoch is on record, to be answered and not to be continued. */
      slots: artifact.nullable(),
      initialStateSha256: sha256,
      measures: pointMeasures,
      reports: z.array(epochReport),
    })
    .nullable(),
});
export type ContinueResponse = z.infer<typeof continueResponse>;

/**
 * POST /v1/worker/trials/:id/report: one epoch. Renews the lease. Equal reports may be sent twice; a different one for the
 * same epoch is refused (409). With `point`, a trial that is claimed again need not begin before this epoch.
 */
export const reportRequest = z.strictObject({ attempt, report: epochReport, point: trajectoryPoint.optional() });
export type ReportRequest = z.infer<typeof reportRequest>;

/** POST /v1/worker/trials/:id/finish, 204: result, artifact and state together. A repeated finish of the same attempt is answered alike. */
export const finishTrialRequest = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('COMPLETE'),
    attempt,
    measures: trialMeasures,
    checkpoint: z.strictObject({ sha256, bytes: z.number().int().min(1) }),
    /** Hash of the tensors the trial began with, a probed head included: shows that deep was not scratch. */
    initialStateSha256: sha256,
    weights: z.strictObject({ name: z.string(), sha256 }).nullable(),
    /** To go on from with more epochs; absent where nothing was trained or nothing is shared. */
    point: trajectoryPoint.optional(),
  }),
  z.strictObject({
    state: z.literal('PRUNED'),
    attempt,
    reason: z.string().max(500),
    measures: partialTrialMeasures,
    /** As above, where it is cheap to keep. */
    point: trajectoryPoint.optional(),
  }),
  z.strictObject({
    state: z.literal('FAIL'),
    attempt,
    failReason,
    message: z.string().max(4000),
    measures: partialTrialMeasures,
  }),
]);
export type FinishTrialRequest = z.infer<typeof finishTrialRequest>;

/** POST …/release, 204: gives the work back unharmed (SIGTERM); the attempt does not count. */
export const releaseRequest = heartbeatRequest;

/** POST /v1/worker/exports/:id/finish, 204. */
export const finishExportRequest = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('READY'),
    attempt,
    verification: exportVerification,
    files: z
      .array(
        z.strictObject({ name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/), bytes: z.number().int().min(0), sha256 }),
      )
      .min(1),
    zip: z.strictObject({ sha256, bytes: z.number().int().min(1) }),
  }),
  z.strictObject({
    state: z.literal('FAILED'),
    attempt,
    message: z.string().max(4000),
    /** What was measured before it failed. */
    verification: exportVerification.optional(),
  }),
]);
export type FinishExportRequest = z.infer<typeof finishExportRequest>;

/** What the features of a pretrained network are worth on a dataset. */
export const probeScore = z
  .strictObject({
    /** Of a linear probe on the features, on the validation images: 0–1. */
    accuracy: z.number().min(0).max(1),
    correct: count,
    validationImages: count.min(1),
    /** Cross-entropy of the probe, nats. */
    validationLoss: z.number(),
    /** Log of the maximum evidence of the labels under the features, per training image. */
    logme: z.number(),
    /** Numbers in the features of one image. */
    featureCount: count.min(1),
    featureSeconds: z.number().min(0),
    probeSeconds: z.number().min(0),
  })
  .refine(({ correct, validationImages }) => correct <= validationImages, {
    path: ['correct'],
    message: 'must be at most validationImages',
  });

export type ProbeScore = z.infer<typeof probeScore>;

/** POST /v1/worker/preparations/:id/finish, 204. A repeated finish of the same attempt is answered alike. */
export const finishPreparationRequest = z.union([
  z.strictObject({ state: z.literal('COMPLETE'), attempt, profile: architectureProfile }),
  z.strictObject({ state: z.literal('COMPLETE'), attempt, probe: probeScore }),
  z.strictObject({ state: z.literal('FAIL'), attempt, failReason, message: z.string().max(4000) }),
]);
export type FinishPreparationRequest = z.infer<typeof finishPreparationRequest>;

/** GET /v1/workers: the last seen first. Who was seen last changes all the time, so there is no next page. */
export const workerListQuery = z.strictObject({ limit: queryNumber(z.number().int().min(1).max(500).default(100)) });
export const workerList = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      device,
      firstSeenAt: timestamp,
      lastSeenAt: timestamp,
      /** Seen within the last minute. */
      alive: z.boolean(),
      current: z.string().nullable(),
    }),
  ),
});
export type WorkerList = z.infer<typeof workerList>;
