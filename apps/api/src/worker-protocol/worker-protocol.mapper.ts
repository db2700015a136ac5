import type { ContinueResponse, FinishExportRequest, FinishTrialRequest, HeartbeatResponse } from '#api-contract';
import type { ExportOutcome, Heartbeat, TrajectoryPoint, TrialOutcome } from '#search';

/** The answer to a heartbeat on the wire. */
export function toHeartbeatResponse({ leaseUntil, cancel }: Heartbeat): HeartbeatResponse {
  return { leaseUntil: leaseUntil.toISOString(), cancel };
}

/** Where a trial goes on, on the wire. */
export function toContinueResponse(point: TrajectoryPoint | null): ContinueResponse {
  return {
    from: point && {
      epoch: point.epoch,
      checkpoint: { ...point.checkpoint },
      slots: point.slots && { ...point.slots },
      initialStateSha256: point.initialStateSha256,
      measures: { ...point.measures },
      reports: point.reports.map((report) => ({ ...report })),
    },
  };
}

/** What a worker sends at the end of a trial, without its fencing token. */
export function toTrialOutcome({ attempt: _, ...outcome }: FinishTrialRequest): TrialOutcome {
  return outcome;
}

/** What a worker sends at the end of an export, without its fencing token. */
export function toExportOutcome({ attempt: _, ...outcome }: FinishExportRequest): ExportOutcome {
  return outcome;
}
