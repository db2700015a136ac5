import { DomainError } from '#primitives';
import type { StudyState } from './study.js';

/** The codes of the errors this lib raises itself, besides `INVALID_INPUT` and `NOT_FOUND` of `#primitives`. */
export type SearchErrorCode =
  | 'LEASE_LOST'
  | 'REPORT_CONFLICT'
  | 'STUDY_STATE'
  | 'TRIAL_NOT_EXPORTABLE'
  | 'NO_FEASIBLE_TRIAL';

/** A write of a claim that is no longer held: expired, given to another worker, or finished. The worker stops at once. */
export class LeaseLostError extends DomainError {
  readonly code = 'LEASE_LOST' satisfies SearchErrorCode;

  constructor(
    readonly kind: 'trial' | 'export',
    readonly id: string,
    readonly attempt: number,
  ) {
    super(`Cannot write to ${kind} ${id}: attempt ${attempt} no longer holds its lease`);
  }
}

/** A second, different report for one epoch of one attempt. */
export class ReportConflictError extends DomainError {
  readonly code = 'REPORT_CONFLICT' satisfies SearchErrorCode;

  constructor(
    readonly trialId: string,
    readonly epoch: number,
  ) {
    super(`Cannot report epoch ${epoch} of trial ${trialId}: other values are already recorded for it`);
  }
}

/** A change that the state of the study does not allow. */
export class StudyStateError extends DomainError {
  readonly code = 'STUDY_STATE' satisfies SearchErrorCode;

  constructor(
    readonly studyId: string,
    readonly action: 'stop' | 'resume',
    readonly state: StudyState,
  ) {
    super(`Cannot ${action} study ${studyId}: state is ${state}, must be ${action === 'stop' ? 'RUNNING' : 'STOPPED'}`);
  }
}

/** A trial without a result that could be exported. */
export class TrialNotExportableError extends DomainError {
  readonly code = 'TRIAL_NOT_EXPORTABLE' satisfies SearchErrorCode;

  /** @param reason What is wrong, where it is not the state. */
  constructor(
    readonly trialNumber: number,
    readonly state: string,
    reason = `state is ${state}, must be COMPLETE`,
  ) {
    super(`Cannot export trial ${trialNumber}: ${reason}`);
  }
}

/** No finished trial meets the bounds. */
export class NoFeasibleTrialError extends DomainError {
  readonly code = 'NO_FEASIBLE_TRIAL' satisfies SearchErrorCode;

  constructor(readonly explanation: string) {
    super(`Cannot choose a trial: ${explanation}`);
  }
}
