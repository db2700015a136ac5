import type { z } from 'zod';
import type { Trial, trialListQuery } from '#api-contract';
import type { TrialListRequest, TrialRecord } from '#search';

/** A trial as it is shown: times as text, without what only the service needs. */
export function toTrial(record: TrialRecord): Trial {
  return {
    id: record.id,
    studyId: record.studyId,
    number: record.number,
    state: record.state,
    parameters: { ...record.parameters },
    userAttrs: { ...record.userAttrs },
    attempt: record.attempt,
    workerId: record.workerId,
    device: record.device && { ...record.device },
    latencyDevice: record.latencyDevice && { ...record.latencyDevice },
    epoch: record.epoch,
    measures: { ...record.measures },
    accuracyInterval: record.accuracyInterval && { ...record.accuracyInterval },
    constraints: record.constraints.map((constraint) => ({ ...constraint })),
    feasible: record.feasible,
    onFront: record.onFront,
    pruneReason: record.pruneReason,
    failReason: record.failReason,
    failMessage: record.failMessage,
    checkpoint: record.checkpoint && { ...record.checkpoint },
    createdAt: record.createdAt.toISOString(),
    startedAt: record.startedAt?.toISOString() ?? null,
    finishedAt: record.finishedAt?.toISOString() ?? null,
  };
}

/** The query of a listing as the use case takes it. */
export function toTrialListRequest({ feasible, ...query }: z.infer<typeof trialListQuery>): TrialListRequest {
  return { ...query, feasible: feasible === undefined ? undefined : feasible === 'true' };
}
