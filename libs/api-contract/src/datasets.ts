import { z } from 'zod';
import { pageQuery, sha256, timestamp } from './vocabulary.js';

/** POST /v1/datasets: import a folder of class folders, with optional train/ and validation/ (or val/) split folders. */
export const createDatasetRequest = z.strictObject({
  name: z.string().trim().min(1).max(120),
  /** Absolute path of the folder on the machine of the service. */
  path: z.string().min(1).max(4096).startsWith('/', 'must be an absolute path'),
  /** Part of each class kept for validation where the folder has no split folders. */
  validationFraction: z.number().min(0.05).max(0.5).default(0.2),
  /** Seed of the split. */
  seed: z.number().int().min(0).max(4294967295).default(0),
});
export type CreateDatasetRequest = z.infer<typeof createDatasetRequest>;

export const datasetState = z.enum(['IMPORTING', 'READY', 'FAILED']);

export const dataset = z.object({
  id: z.uuid(),
  name: z.string(),
  path: z.string(),
  state: datasetState,
  /** Images looked at so far, and how many there are. */
  progress: z.object({ done: z.number().int(), total: z.number().int().nullable() }),
  /** Why the import failed. */
  failure: z.string().nullable(),
  /** SHA-256 of the manifest: equal folders have equal versions. Null until READY. */
  version: sha256.nullable(),
  classes: z.array(
    z.object({ name: z.string(), train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  ),
  imageCount: z.number().int(),
  sizeBytes: z.number().int(),
  /** How many files were refused. */
  rejectedCount: z.number().int(),
  /** Files refused, by name, with the reason; in a listing the first ten. */
  rejected: z.array(z.object({ path: z.string(), reason: z.string() })),
  createdAt: timestamp,
});
export type Dataset = z.infer<typeof dataset>;

/** GET /v1/datasets: newest first; with a name only those called so. */
export const datasetListQuery = pageQuery.extend({ name: z.string().min(1).max(120).optional() });

/** GET /v1/datasets/:id/images. */
export const datasetImagesQuery = pageQuery.extend({ split: z.enum(['train', 'validation', 'test']).optional() });
export const datasetImage = z.object({
  path: z.string(),
  sha256,
  bytes: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  className: z.string(),
  split: z.enum(['train', 'validation', 'test']),
});
