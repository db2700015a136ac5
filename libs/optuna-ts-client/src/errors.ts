import { DomainError } from '#primitives';
import type { TrialState } from './trial-state.js';

/** A write to a trial whose state, or whose claim, no longer allows it. */
export class TrialStateError extends DomainError {
  readonly code = 'TRIAL_STATE';

  constructor(
    readonly action: string,
    readonly trialNumber: number,
    readonly state: TrialState,
    readonly allowed: readonly TrialState[],
  ) {
    super(`Cannot ${action} trial ${trialNumber}: state is ${state}, must be ${allowed.join(' or ')}`);
  }
}

/** A write of an attempt that has lost its trial: it was released or reclaimed meanwhile. */
export class StaleAttemptError extends DomainError {
  readonly code = 'STALE_ATTEMPT';

  constructor(
    readonly action: string,
    readonly trialNumber: number,
    readonly attempt: number,
    readonly currentAttempt: number,
  ) {
    super(`Cannot ${action} trial ${trialNumber} as attempt ${attempt}: attempt ${currentAttempt} has it now`);
  }
}

/** A second study under a name that is taken. */
export class DuplicatedStudyError extends DomainError {
  readonly code = 'DUPLICATED_STUDY';

  constructor(readonly studyName: string) {
    super(`Cannot create study ${JSON.stringify(studyName)}: the name is taken`);
  }
}

/** Every combination of a grid has a trial already: there is nothing left to ask for. */
export class GridExhaustedError extends DomainError {
  readonly code = 'GRID_EXHAUSTED';

  constructor() {
    super('Cannot propose another trial: every combination of the grid has one');
  }
}

/** The codes of this lib, for the table that maps them to HTTP. */
export type OptunaErrorCode = 'TRIAL_STATE' | 'STALE_ATTEMPT' | 'DUPLICATED_STUDY' | 'GRID_EXHAUSTED';
