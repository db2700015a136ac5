import { z } from 'zod';
import { retrainDepth, sha256 } from './vocabulary.js';

export const architecture = z.object({
  name: z.string(),
  family: z.string(),
  title: z.string(),
  minImageSize: z.number().int(),
  defaultImageSize: z.number().int(),
  /** Parameters for two classes. */
  parameterCount: z.number().int(),
  head: z.string(),
  /** First trained block per retrain depth. */
  cuts: z.record(retrainDepth, z.string()),
  /** Pretrained weights that are at hand. */
  weights: z.array(
    z.object({
      name: z.string(),
      sha256,
      bytes: z.number().int(),
      licence: z.string(),
      imageSize: z.number().int(),
      source: z.string(),
    }),
  ),
});
export type Architecture = z.infer<typeof architecture>;
export const architectureList = z.object({ items: z.array(architecture) });
