import { z } from 'zod';

/** GET /health/live and /health/ready. */
export const health = z.object({
  status: z.enum(['ok', 'unavailable']),
  version: z.string(),
  database: z.enum(['up', 'down']),
  /** Seconds since the last sweep for expired leases. */
  lastReapSeconds: z.number().nullable(),
});
export type Health = z.infer<typeof health>;
