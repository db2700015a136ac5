/** The kept feasible Pareto front of each study, in ranked order. */
export interface FrontRepository {
  /** Trial ids, best first. */
  read(studyId: string): Promise<readonly string[]>;
  /** Replaces the front of a study whose lock is held. */
  replace(studyId: string, trialIds: readonly string[]): Promise<void>;
}
