import type { SearchRepositories } from './ports/search-storage.js';
import type { TrialHistory } from './ports/trial-repository.js';
import type { StudyRecord } from './study.js';

/** Studies whose earlier trials are kept at a time. */
const MOST_STUDIES = 64;

/**
 * The trials that a study's warm start takes over, read once per study: they had finished when it was created, and what is
 * finished never changes.
 */
export class EarlierTrials {
  readonly #byStudy = new Map<string, readonly TrialHistory[]>();

  async of({ trials }: SearchRepositories, { id, spec }: StudyRecord): Promise<readonly TrialHistory[]> {
    if (spec.warmStart === undefined) return [];
    const known = this.#byStudy.get(id) ?? (await trials.finishedBefore(id, spec.warmStart.studyIds));
    // The study that was asked for last goes to the end; the one at the beginning is forgotten first.
    this.#byStudy.delete(id);
    this.#byStudy.set(id, known);
    const [oldest] = this.#byStudy.keys();
    if (this.#byStudy.size > MOST_STUDIES) this.#byStudy.delete(oldest);
    return known;
  }
}
