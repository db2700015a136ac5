import type { JsonValue } from '#optuna-ts-client';
import type { ClaimRequest, TrialOutcome } from '../claim.js';
import type { TrialParameters } from '../search-space.js';
import type { ConstraintViolation, DeviceIdentity, EpochReport, TrialMeasures, TrialRecord } from '../trial.js';

/** A trial that does not exist yet. */
export interface NewTrial {
  readonly studyId: string;
  readonly number: number;
  readonly parameters: TrialParameters;
  readonly seed: number;
  readonly maxAttempts: number;
  /** Higher is claimed first within the study. */
  readonly priority: number;
  /** @default {} */
  readonly userAttrs?: Readonly<Record<string, JsonValue>>;
}

/** A claim that is to be made. */
export interface LeaseRequest extends ClaimRequest {
  readonly leaseSeconds: number;
}

/** The answer to a heartbeat. */
export interface Heartbeat {
  readonly leaseUntil: Date;
  /**
   * True where the study was stopped, or its time budget is used up and the trial has no epoch yet: the worker ends it as FAIL
   * `cancelled`.
   */
  readonly cancel: boolean;
}

/** The answer to what a running trial says of itself. */
export interface Sign extends Heartbeat {
  /** True where the time budget of the study is used up. */
  readonly overBudget: boolean;
}

/** What is known of a trial before it is trained. */
export interface TrialProfile {
  readonly measures: Partial<TrialMeasures>;
  /** The latency among them was measured on it; null where there is none. */
  readonly latencyDevice: DeviceIdentity | null;
}

/** The constraints of a study, checked against measures. */
export interface Assessment {
  readonly constraints: readonly ConstraintViolation[];
  readonly feasible: boolean | null;
}

/** `recorded` now · `repeated`: it was recorded before, alike · `conflict`: before, differently · `lost`: the lease is gone. */
export type ReportResult =
  | {
      readonly status: 'recorded' | 'repeated';
      readonly trial: TrialRecord;
      readonly cancel: boolean;
      /** True where the time budget of the study is used up. */
      readonly overBudget: boolean;
    }
  | { readonly status: 'conflict' }
  | { readonly status: 'lost' };

/** A trial whose lease had expired. */
export interface ReapedTrial {
  readonly trialId: string;
  readonly number: number;
  readonly state: 'WAITING' | 'FAIL';
  readonly failReason: 'lease_expired' | 'poisoned' | null;
}

/**
 * The trial rows as a queue with leases. At-least-once execution, exactly-once recording: every write of a worker is
 * one statement `WHERE id AND attempt AND state = 'RUNNING'`, so an older attempt changes nothing. Only the clock of
 * the database counts.
 */
export interface TrialQueue {
  /** The RUNNING trial that this worker got for this request before: its answer was lost on the way. */
  findClaim(workerId: string, claimRequestId: string): Promise<TrialRecord | null>;
  /**
   * Claims the first WAITING trial of the study where it is RUNNING: the highest priority, within it whoever waits
   * longest, then the order of making. Rows that others are claiming are skipped.
   *
   * @param leaveOut Architectures whose trials are left to wait. @default none
   */
  claimWaiting(studyId: string, lease: LeaseRequest, leaveOut?: readonly string[]): Promise<TrialRecord | null>;
  /** Adds WAITING trials. */
  enqueue(trials: readonly NewTrial[]): Promise<void>;
  /** Adds a trial that is RUNNING from its first moment. */
  insertClaimed(trial: NewTrial, lease: LeaseRequest): Promise<TrialRecord>;
  /** Adds a trial that is PRUNED from its first moment: no worker ever had it. Needs the study's lock. */
  insertPruned(trial: NewTrial, profile: TrialProfile, assessment: Assessment, reason: string): Promise<TrialRecord>;
  /** PRUNED for the WAITING trials of an architecture; returns their numbers. Needs the study's lock. */
  pruneWaiting(
    studyId: string,
    architecture: string,
    profile: TrialProfile,
    assessment: Assessment,
    reason: string,
  ): Promise<readonly number[]>;
  /** Null where the lease is lost. */
  heartbeat(trialId: string, attempt: number, leaseSeconds: number): Promise<Heartbeat | null>;
  /** Records the profile of a running trial and renews the lease; null where the lease is lost. */
  recordProfile(
    trialId: string,
    attempt: number,
    profile: TrialProfile,
    assessment: Assessment,
    leaseSeconds: number,
  ): Promise<Sign | null>;
  /** Records one epoch and renews the lease. Call it in a transaction: the row stays locked until its end. */
  recordReport(trialId: string, attempt: number, report: EpochReport, leaseSeconds: number): Promise<ReportResult>;
  /** Records result, artifact and state together. Call it in a transaction that holds the study's lock. */
  finish(
    trialId: string,
    attempt: number,
    outcome: TrialOutcome,
    assessment: Assessment,
    digest: string,
  ): Promise<'recorded' | 'repeated' | 'lost'>;
  /** Gives a trial back; the attempt does not count towards `maxAttempts`. Returns it, or null where the lease is lost. */
  release(trialId: string, attempt: number): Promise<{ studyId: string; number: number } | null>;
  /** Ids of the studies with expired leases. */
  studiesWithExpiredLeases(limit: number): Promise<readonly string[]>;
  /** Requeues or fails the study's trials with expired leases. Call it in a transaction that holds the study's lock. */
  reap(studyId: string, limit: number): Promise<readonly ReapedTrial[]>;
  /** What `claimWaiting` would claim; null where nothing waits. Nothing is locked. */
  nextWaiting(studyId: string, leftOut: readonly string[]): Promise<TrialParameters | null>;
  /**
   * FAIL `cancelled` for the WAITING trials that never began, or for all that wait; returns their numbers. Needs the study's
   * lock.
   */
  cancelWaiting(studyId: string, message: string, which: 'unbegun' | 'all'): Promise<readonly number[]>;
}
