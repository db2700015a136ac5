import { z } from 'zod';
import { deviceIdentity } from './devices.js';
import { count, failReason, pageQuery, timestamp } from './vocabulary.js';

/** Latency of one batch size, ms per call. */
export const batchLatency = z.object({
  /** Images per call. */
  batch: count.min(1),
  p50Ms: z.number().positive(),
  p95Ms: z.number().positive(),
  p99Ms: z.number().positive(),
  /** Calls that were measured. */
  repeats: count.min(1),
});
export type BatchLatency = z.infer<typeof batchLatency>;

/** What an architecture costs whatever it is trained to. */
export const architectureProfile = z.object({
  latencies: z.array(batchLatency).min(1),
  /** Of everything that is exported, as float32. */
  sizeBytes: z.number().int().min(0),
  parameterCount: z.number().int().min(0),
  /** Most memory of the process while it ran the largest batch. */
  peakMemoryBytes: z.number().int().min(0),
  /** The latency was measured on it, where it is not the device of the profile. */
  latencyDevice: deviceIdentity.optional(),
});
export type ArchitectureProfile = z.infer<typeof architectureProfile>;

export const preparationState = z.enum(['WAITING', 'RUNNING', 'COMPLETE', 'FAIL']);

/** GET /v1/profiles. While one is measured anew (WAITING or RUNNING) the statistics it will replace are still shown. */
export const profile = z.object({
  id: z.uuid(),
  architecture: z.string(),
  classes: count.min(2),
  /** Side of the square the network sees, pixels. */
  imageSize: count.min(1),
  device: deviceIdentity,
  threads: count.min(1),
  runtime: z.string(),
  state: preparationState,
  statistics: architectureProfile.nullable(),
  measuredAt: timestamp.nullable(),
  /** A later measurement that the profile does not agree with; null while it is believed. */
  drift: z.object({ batch: count.min(1), recordedMs: z.number(), measuredMs: z.number(), at: timestamp }).nullable(),
  failReason: failReason.nullable(),
  failMessage: z.string().nullable(),
});
export type Profile = z.infer<typeof profile>;

const filter = {
  architecture: z.string().min(1).max(64).optional(),
  /** Class or name of the device. */
  device: z.string().min(1).max(200).optional(),
};

export const profileListQuery = pageQuery.extend(filter);

/** POST /v1/profiles/remeasure: finished profiles, all where nothing is named, are measured anew by the next worker on their device. */
export const remeasureRequest = z.strictObject(filter);
export type RemeasureRequest = z.infer<typeof remeasureRequest>;
/** How many will be. */
export const remeasureResponse = z.object({ profiles: count });
export type RemeasureResponse = z.infer<typeof remeasureResponse>;
