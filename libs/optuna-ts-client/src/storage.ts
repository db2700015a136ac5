import type { Distribution, ParamValue } from './distributions/distribution.js';
import type { Direction, FrozenTrial, JsonValue } from './frozen-trial.js';
import type { TrialState } from './trial-state.js';

/** A study as it is stored. */
export interface StudyRecord {
  /** Unique within the storage. */
  readonly name: string;
  /** One per objective, at least one. */
  readonly directions: readonly Direction[];
  readonly userAttrs: Readonly<Record<string, JsonValue>>;
  /** @default {} */
  readonly systemAttrs?: Readonly<Record<string, JsonValue>>;
}

/** Attributes to be set; names that exist already are replaced. */
export type StudyUpdate = Partial<Pick<StudyRecord, 'userAttrs' | 'systemAttrs'>>;

/** A trial to be stored: claimed at once (RUNNING, attempt 1) or queued (WAITING, attempt 0). */
export interface NewTrial {
  readonly state: 'RUNNING' | 'WAITING';
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** One per name in `params`. */
  readonly distributions?: Readonly<Record<string, Distribution>>;
  readonly userAttrs?: Readonly<Record<string, JsonValue>>;
  readonly systemAttrs?: Readonly<Record<string, JsonValue>>;
}

/** Who writes: the number of the trial and the attempt that claimed it. */
export interface TrialClaimKey {
  readonly number: number;
  readonly attempt: number;
}

/** What the holder of a RUNNING trial may add to it; names and steps that exist already are replaced. */
export interface TrialUpdate {
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly distributions?: Readonly<Record<string, Distribution>>;
  readonly intermediateValue?: { readonly step: number; readonly value: number };
  readonly constraints?: readonly number[];
  readonly userAttrs?: Readonly<Record<string, JsonValue>>;
  readonly systemAttrs?: Readonly<Record<string, JsonValue>>;
}

/** How a RUNNING trial ends; COMPLETE has one value per objective, the others may have none. */
export interface TrialResult {
  readonly state: 'COMPLETE' | 'PRUNED' | 'FAIL';
  readonly values: readonly number[] | null;
  readonly constraints?: readonly number[];
}

/**
 * Where studies and trials are kept. Every method is atomic, and safe with any number of callers at a time.
 *
 * Writes to a RUNNING trial carry the attempt that claimed it and change nothing, and return false, when the trial has
 * left RUNNING or another attempt has it: a worker that lost its trial cannot spoil it. What is returned is the
 * caller's: later writes do not change it.
 */
export interface Storage {
  /** @throws {DuplicatedStudyError} if the name is taken. */
  createStudy(study: StudyRecord): Promise<void>;
  /** @throws {NotFoundError} */
  getStudy(name: string): Promise<StudyRecord>;
  /** By name. */
  listStudies(): Promise<readonly StudyRecord[]>;
  /** Sets attributes. @throws {NotFoundError} */
  updateStudy(name: string, update: StudyUpdate): Promise<void>;
  /** Deletes the study and its trials. @throws {NotFoundError} */
  deleteStudy(name: string): Promise<void>;
  /** Gives the trial the next number, without gaps. @throws {NotFoundError} if the study does not exist. */
  createTrial(study: string, trial: NewTrial): Promise<FrozenTrial>;
  /** Stores a trial as it is, in any state, but for its number: the next one. @throws as `createTrial`. */
  addTrial(study: string, trial: FrozenTrial): Promise<FrozenTrial>;
  /** @throws {NotFoundError} */
  getTrial(study: string, number: number): Promise<FrozenTrial>;
  /** By rising number. @throws {NotFoundError} */
  getTrials(study: string, states?: readonly TrialState[]): Promise<readonly FrozenTrial[]>;
  /** WAITING → RUNNING of the lowest waiting number, with the next attempt; null when none waits. */
  claimWaiting(study: string): Promise<FrozenTrial | null>;
  updateTrial(study: string, key: TrialClaimKey, update: TrialUpdate): Promise<boolean>;
  /** RUNNING → COMPLETE, PRUNED or FAIL. */
  finishTrial(study: string, key: TrialClaimKey, result: TrialResult): Promise<boolean>;
  /** RUNNING → WAITING: given back, with parameters and attributes kept and reports and constraints dropped. */
  releaseTrial(study: string, key: TrialClaimKey): Promise<boolean>;
}
