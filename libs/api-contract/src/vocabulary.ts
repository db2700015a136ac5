import { z } from 'zod';

/** How much of a network is trained: new head only, last stage too, everything from pretrained weights, everything from its initial state. */
export const retrainDepth = z.enum(['shallow', 'partial', 'deep', 'scratch']);
export type RetrainDepth = z.infer<typeof retrainDepth>;

/** What a trial is measured by. Accuracy is 0–1; latency is that of one batch of `training.latencyBatch` images, ms. */
export const metricName = z.enum([
  'accuracy',
  'latencyP50Ms',
  'latencyP95Ms',
  'trainSeconds',
  'sizeBytes',
  'parameterCount',
]);
export type MetricName = z.infer<typeof metricName>;

export const direction = z.enum(['minimize', 'maximize']);
export type Direction = z.infer<typeof direction>;

/** Optuna's trial states. */
export const trialState = z.enum(['WAITING', 'RUNNING', 'COMPLETE', 'PRUNED', 'FAIL']);
export type TrialState = z.infer<typeof trialState>;

/** Why a trial is FAIL. */
export const failReason = z.enum(['lease_expired', 'out_of_memory', 'diverged', 'error', 'poisoned', 'cancelled']);
export type FailReason = z.infer<typeof failReason>;

/** An ISO 8601 time in UTC. */
export const timestamp = z.iso.datetime();

/** A whole number of things; as many as a 32-bit integer holds. */
export const count = z.number().int().min(0).max(2_147_483_647);

/** Fencing token of a claim. */
export const attempt = count.min(1);

/** A lower-case hexadecimal SHA-256. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');

/** Name of pretrained weights, e.g. `resnet50-imagenet1k-v2`. */
export const weightsName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'must be 1 to 100 lower-case letters, digits or any of . _ -');

/**
 * A number that stands as text in a path or query. Empty text is no number: `Number('')` would be 0. A default belongs to
 * the schema inside, where the OpenAPI document finds it.
 */
export function queryNumber<Schema extends z.ZodType<number>>(schema: Schema) {
  return z.preprocess((text) => (typeof text === 'string' && text.trim() !== '' ? Number(text) : text), schema);
}

/** Keyset paging: pass the `nextCursor` of one page to get the next. */
export const pageQuery = z.strictObject({
  limit: queryNumber(z.number().int().min(1).max(500).default(100)),
  cursor: z.string().max(200).optional(),
});

/** One page of anything. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
