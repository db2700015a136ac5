import { z } from 'zod';
import { count } from './vocabulary.js';

/**
 * `checkpoints`: trained tensors of trials. `resumeStates`: momentum of trainings that a trial for more epochs may go on
 * from. `exports`: zips and unpacked files. `pictures`: those of datasets.
 */
export const storageKinds = ['checkpoints', 'resumeStates', 'exports', 'pictures'] as const;

/** GET /v1/storage: what the service holds, as far as its database knows. */
export const storage = z.object({
  items: z.array(z.object({ kind: z.enum(storageKinds), bytes: z.number().int().min(0), count })),
  /** Of checkpoints and resume states together: RETUNE_CHECKPOINT_BYTES. */
  checkpointLimitBytes: z.number().int().min(0),
});
export type Storage = z.infer<typeof storage>;
