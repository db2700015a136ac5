import type { StoredStudyEvent, StudyEvent } from '../study-event.js';

/** What happened, study by study. */
export interface EventLog {
  /**
   * Appends events in the transaction of the change they tell of. It is the last thing a transaction does for a study:
   * from here to the commit no other transaction appends to the same study, so ids grow in the order of commit.
   */
  append(studyId: string, events: readonly StudyEvent[]): Promise<void>;
  /** Events with an id above `afterId`, in order. */
  read(studyId: string, afterId: number, limit: number): Promise<readonly StoredStudyEvent[]>;
  /** Id of the study's newest event, 0 where there is none. */
  lastId(studyId: string): Promise<number>;
}
