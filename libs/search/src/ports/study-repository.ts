import type { Page, PageRequest } from '../page.js';
import type { StudyRecord, StudySpec, StudyState } from '../study.js';

/** Where studies are kept. */
export interface StudyRepository {
  /**
   * Stores a new study, RUNNING, and returns its id.
   *
   * @param reserveSeconds Kept back before the end of `spec.budget`.
   */
  insert(spec: StudySpec, reserveSeconds: number): Promise<string>;
  find(id: string): Promise<StudyRecord | null>;
  /** What was asked for alone: cheap, and it never changes. */
  findSpec(id: string): Promise<StudySpec | null>;
  /** Newest first. */
  list(request: PageRequest & { state?: StudyState | undefined }): Promise<Page<StudyRecord>>;
  /** Locks the study's row until the transaction ends, then reads it: nobody else asks, finishes or stops meanwhile. */
  lock(id: string): Promise<StudyRecord | null>;
  /** Changes the state of a locked study; COMPLETE also sets the finish time. */
  setState(id: string, state: StudyState): Promise<void>;
  /** Reserves `count` trial numbers of a locked study and returns the first. */
  takeNumbers(id: string, count: number): Promise<number>;
  /** Adds to the training that workers computed for a locked study, seconds. */
  addTrainSeconds(id: string, seconds: number): Promise<void>;
  /** Sets the number of wanted trials: lower where the sampler has nothing left, higher for what is recorded on top. */
  setTrialLimit(id: string, limit: number): Promise<void>;
  /**
   * Ids of RUNNING studies that have a trial to claim or may make one now, without a lock: those with the fewest running
   * trials first, the older one of two alike.
   */
  withWork(limit: number): Promise<readonly string[]>;
  /** Ids of RUNNING studies in which nothing is open and nothing may be made any more. */
  finishable(limit: number): Promise<readonly string[]>;
}
