import { z } from 'zod';

/** An error over HTTP: RFC 9457 `application/problem+json`. */
export const problem = z.object({
  /** `about:blank` or a name for the kind of problem. */
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** One readable sentence about this occurrence. */
  detail: z.string(),
  /** Stable and machine-readable, e.g. `INVALID_INPUT`, `NOT_FOUND`, `LEASE_LOST`. */
  code: z.string(),
  /** The id that also stands in the service's log. */
  instance: z.string(),
  /** For bad input: every wrong field with the value received and what is allowed. */
  errors: z.array(z.object({ field: z.string(), value: z.unknown().optional(), allowed: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;
