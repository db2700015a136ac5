import type { Constraint, MetricName } from '../metric-name.js';
import type { Page, PageRequest } from '../page.js';
import type { RetrainDepth, TrialParameters } from '../search-space.js';
import type { ConstraintViolation, EpochReport, FailReason, TrialRecord, TrialState } from '../trial.js';

/** What a trial may be listed by. */
export const trialSorts = ['number', 'accuracy', 'latencyP95Ms', 'trainSeconds', 'sizeBytes'] as const;

export interface TrialListRequest extends PageRequest {
  readonly state?: TrialState | undefined;
  readonly architecture?: string | undefined;
  readonly retrainDepth?: RetrainDepth | undefined;
  readonly feasible?: boolean | undefined;
  /** @default 'number' */
  readonly sort?: (typeof trialSorts)[number] | undefined;
  /** Trials without the metric come last either way. @default 'asc' */
  readonly order?: 'asc' | 'desc' | undefined;
}

/** What ranking and sampling know of a trial: the metrics that objectives and constraints refer to. */
export interface TrialMetrics {
  readonly trialId: string;
  readonly number: number;
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  readonly correct: number | null;
  readonly validationImages: number | null;
}

/** What a sampler and a pruner learn from. */
export interface TrialHistory extends TrialMetrics {
  readonly state: TrialState;
  readonly parameters: TrialParameters;
  readonly constraints: readonly ConstraintViolation[];
  readonly failReason: FailReason | null;
  /** Last reported epoch, 0 before the first. */
  readonly epoch: number;
  /** Accuracy by epoch of the current attempt, [epoch, accuracy] in order: as many points as the query gives. */
  readonly curve: readonly (readonly [epoch: number, accuracy: number])[];
}

/** What the duration of a study is predicted from. */
export interface TrialDuration {
  readonly number: number;
  readonly state: TrialState;
  readonly parameters: TrialParameters;
  readonly epoch: number;
  /** From the claim of the last attempt to the finish, or to now; null where WAITING. */
  readonly seconds: number | null;
  /** Epochs that it took over from an equal training. */
  readonly fromEpoch: number;
  /** Of a RUNNING trial: what the epochs that it reported itself took together, and the time since the last report (or the claim). */
  readonly reportedSeconds: number;
  readonly sinceReportSeconds: number;
  /** Trains or trained it; null where WAITING. */
  readonly workerId: string | null;
}

/** Trials as they are read. */
export interface TrialRepository {
  find(studyId: string, number: number): Promise<TrialRecord | null>;
  findById(id: string): Promise<TrialRecord | null>;
  findMany(ids: readonly string[]): Promise<readonly TrialRecord[]>;
  list(studyId: string, request: TrialListRequest): Promise<Page<TrialRecord>>;
  /** Reports of the trial's current attempt in order of the epoch. */
  curve(trialId: string): Promise<readonly EpochReport[]>;
  /** All trials of the study in order of the number, in one query: the curve of a PRUNED trial is its last point. */
  history(studyId: string): Promise<readonly TrialHistory[]>;
  /** The trials that have begun and do not wait again, in order of the number, in one query: with their whole curves. */
  withCurves(studyId: string): Promise<readonly TrialHistory[]>;
  /**
   * The COMPLETE and PRUNED trials of other studies that had finished when the study was created, as in `history`, those of
   * older studies first.
   */
  finishedBefore(studyId: string, earlierStudyIds: readonly string[]): Promise<readonly TrialHistory[]>;
  /** The COMPLETE trials in order of the number: the curve of each is its report of this epoch, if it made one. */
  completeAtEpoch(studyId: string, epoch: number): Promise<readonly TrialHistory[]>;
  /** COMPLETE trials in order of the number. */
  finished(studyId: string): Promise<readonly TrialMetrics[]>;
  /** How many trials are COMPLETE, and how many of them meet all constraints. */
  countFinished(
    studyId: string,
    constraints: readonly Constraint[],
  ): Promise<{ readonly considered: number; readonly feasible: number }>;
  /** The last `limit` finished trials and all open ones. */
  durations(studyId: string, limit: number): Promise<readonly TrialDuration[]>;
}
