import { z } from 'zod';
import { count, sha256, timestamp } from './vocabulary.js';

/** POST /v1/studies/:id/exports: a trial by number, or the best that meets the bounds (study's constraints included). */
export const createExportRequest = z.union([
  z.strictObject({ trialNumber: count }),
  z.strictObject({
    constraints: z.strictObject({
      maxLatencyMs: z.number().positive().optional(),
      minAccuracy: z.number().min(0).max(1).optional(),
      maxSizeBytes: z.number().positive().optional(),
      maxTrainSeconds: z.number().positive().optional(),
    }),
  }),
]);
export type CreateExportRequest = z.infer<typeof createExportRequest>;

export const exportState = z.enum(['WAITING', 'RUNNING', 'READY', 'FAILED']);

/** What the clean process measured when it reloaded the exported model, beside the record of the trial. */
export const exportVerification = z
  .object({
    accuracy: z.number(),
    recordedAccuracy: z.number(),
    correct: count,
    validationImages: count.min(1),
    /** Validation images that the exported model classifies otherwise than the trained network. */
    differingImages: count,
    /** Of the network alone, on prepared pictures: what the trial's record measures. */
    latencyP50Ms: z.number(),
    latencyP95Ms: z.number(),
    recordedLatencyP95Ms: z.number(),
    latencyBatch: count.min(1),
    /** Of `model.onnx` with the preprocessing inside, on a batch of decoded pictures of `endToEndWidth` × `endToEndHeight`. */
    endToEndLatencyP50Ms: z.number(),
    endToEndLatencyP95Ms: z.number(),
    endToEndWidth: count.min(1),
    endToEndHeight: count.min(1),
  })
  .refine(({ correct, validationImages }) => correct <= validationImages, {
    path: ['correct'],
    message: 'must be at most validationImages',
  });
export type ExportVerification = z.infer<typeof exportVerification>;

export const exportedModel = z.object({
  id: z.uuid(),
  studyId: z.uuid(),
  trialNumber: z.number().int(),
  state: exportState,
  failure: z.string().nullable(),
  verification: exportVerification.nullable(),
  /** Files of the export; the zip holds the same. */
  files: z.array(z.object({ name: z.string(), bytes: z.number().int(), sha256 })),
  zip: z.object({ sha256, bytes: z.number().int() }).nullable(),
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
});
export type ExportedModel = z.infer<typeof exportedModel>;
