import { z } from 'zod';
import { queryNumber } from '#api-contract';

/** `:id` of a route. */
export const idParam = z.strictObject({ id: z.uuid() });
export type IdParam = z.infer<typeof idParam>;

/** `:id` of a study and `:number` of one of its trials. */
export const trialParam = z.strictObject({
  id: z.uuid(),
  number: queryNumber(z.number().int().min(0).max(2_147_483_647)),
});
export type TrialParam = z.infer<typeof trialParam>;

/** `:id` of an export and `:name` of one of its files. */
export const fileParam = z.strictObject({ id: z.uuid(), name: z.string().min(1).max(100) });
export type FileParam = z.infer<typeof fileParam>;

/** `:name` of an architecture. */
export const architectureParam = z.strictObject({ name: z.string().min(1).max(100) });
export type ArchitectureParam = z.infer<typeof architectureParam>;
