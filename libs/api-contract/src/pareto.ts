import { z } from 'zod';
import { trial } from './trials.js';
import { direction, metricName, queryNumber } from './vocabulary.js';

/** GET /v1/studies/:id/pareto: bounds on top of the study's own constraints. */
export const paretoQuery = z.strictObject({
  maxLatencyMs: queryNumber(z.number().positive()).optional(),
  minAccuracy: queryNumber(z.number().min(0).max(1)).optional(),
  maxSizeBytes: queryNumber(z.number().positive()).optional(),
  maxTrainSeconds: queryNumber(z.number().positive()).optional(),
});
export type ParetoQuery = z.infer<typeof paretoQuery>;

/** The feasible Pareto front in ranked order: `items[0]` is the one that is recommended. */
export const paretoFront = z.object({
  studyId: z.uuid(),
  objectives: z.array(z.object({ metric: metricName, direction })),
  items: z.array(z.object({ rank: z.number().int().min(1), trial })),
  /** Finished trials that were looked at, and how many of them meet every bound. */
  considered: z.number().int(),
  feasible: z.number().int(),
  /** Why the front is empty, in words: the bound that the nearest trial misses. Null where it is not. */
  explanation: z.string().nullable(),
});
export type ParetoFront = z.infer<typeof paretoFront>;
