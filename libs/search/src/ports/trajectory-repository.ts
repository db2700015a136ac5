import type { NewTrajectoryPoint, StorageUsage, TrajectoryPoint } from '../trajectory.js';
import type { TrialRecord } from '../trial.js';

/** What a trial that says which training it is, asks for. */
export interface ContinueRequest {
  readonly trajectory: string;
  /** Epoch of a point that this attempt was given and cannot use. */
  readonly unusable?: number | undefined;
}

/** `reported`: the trial has begun training already, `epoch` is the last one it reported. */
export type Continuation =
  | { readonly status: 'granted'; readonly trial: TrialRecord; readonly point: TrajectoryPoint | null }
  | { readonly status: 'reported'; readonly epoch: number }
  | { readonly status: 'lost' };

/** What one eviction took away. */
export interface Eviction {
  readonly resumeStates: number;
  readonly checkpoints: number;
}

/**
 * Trainings on record, by everything that decides them and the epoch. Rows alone: the blobs that nothing refers to any
 * more are swept later. A point that a RUNNING trial of its training may be loading is never taken away.
 */
export interface TrajectoryRepository {
  /**
   * Notes which training a running trial is, renews its lease and gives it the latest point with at most its epochs, whose
   * reports replace those of the attempt. Call it in a transaction.
   */
  grant(trialId: string, attempt: number, request: ContinueRequest, leaseSeconds: number): Promise<Continuation>;
  /**
   * Records a point of the trial at its last reported epoch, unless it never said which training it is. Where an equal
   * trial was first, its point stays.
   */
  record(trialId: string, point: NewTrajectoryPoint): Promise<void>;
  /** Nobody is to go on from the points of this trial's training that a longer one has passed. */
  dropSuperseded(trialId: string): Promise<void>;
  /** Nobody is to go on from what this trial left. */
  dropOfTrial(trialId: string): Promise<void>;
  /**
   * Nobody is to go on from the trainings of a study that is over, but from those on a front and those that other RUNNING
   * studies have trials of.
   */
  dropLosers(studyId: string): Promise<void>;
  /**
   * Takes away what was not used for longest until checkpoints and resume states are at most `limitBytes`: first what
   * trials could go on from, then checkpoints of infeasible trials. Never what is on a front, feasible, being exported or
   * held by a running trial, so more may remain. Takes some thousand rows at most; call it, in a transaction, until it takes none.
   */
  evict(limitBytes: number): Promise<Eviction>;
  /** Those of the blobs that a row refers to. */
  referred(sha256s: readonly string[]): Promise<readonly string[]>;
  usage(): Promise<StorageUsage>;
}
