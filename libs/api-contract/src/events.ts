import { z } from 'zod';
import { deviceIdentity } from './devices.js';
import { studyEta } from './studies.js';
import { epochReport } from './trials.js';
import { timestamp, trialState } from './vocabulary.js';

/**
 * GET /v1/studies/:id/events: server-sent events from now on, or after the event `?after=` (0: from the first). `id:` is
 * a number that grows; a client that reconnects with `Last-Event-ID` misses nothing. `event:` is the type, `data:` one
 * of these as JSON.
 */
export const studyEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('trial.started'), at: timestamp, number: z.number().int(), workerId: z.string() }),
  z.object({
    type: z.literal('trial.reported'),
    at: timestamp,
    number: z.number().int(),
    report: epochReport,
    epochs: z.number().int(),
  }),
  z.object({
    type: z.literal('trial.finished'),
    at: timestamp,
    number: z.number().int(),
    state: trialState,
    reason: z.string().nullable(),
    accuracy: z.number().nullable(),
    latencyP95Ms: z.number().nullable(),
    onFront: z.boolean(),
  }),
  z.object({ type: z.literal('trial.requeued'), at: timestamp, number: z.number().int(), reason: z.string() }),
  /** A latency measured for the study is far from the profile's, which is measured anew before the next study. Medians. */
  z.object({
    type: z.literal('profile.drifted'),
    at: timestamp,
    architecture: z.string(),
    device: deviceIdentity,
    batch: z.number().int(),
    recordedMs: z.number(),
    measuredMs: z.number(),
  }),
  z.object({ type: z.literal('study.state'), at: timestamp, state: z.enum(['RUNNING', 'STOPPED', 'COMPLETE']) }),
  /** Not stored, without an `id:`: sent after what happened, every two seconds at the most. */
  z.object({
    type: z.literal('study.progress'),
    at: timestamp,
    finished: z.number().int(),
    total: z.number().int(),
    eta: studyEta.nullable(),
  }),
  z.object({
    type: z.literal('export.state'),
    at: timestamp,
    exportId: z.uuid(),
    state: z.enum(['WAITING', 'RUNNING', 'READY', 'FAILED']),
  }),
]);
export type StudyEvent = z.infer<typeof studyEvent>;
