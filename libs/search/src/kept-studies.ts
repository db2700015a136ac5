import { KeptStudy } from './kept-study.js';
import type { StudySpec } from './study.js';

/** Studies that are kept; the one that was asked for longest ago goes first. */
const MOST_STUDIES = 32;

/** The studies that this process was asked about last. Forgetting one costs time, never another answer. */
export class KeptStudies {
  readonly #studies = new Map<string, { readonly spec: string; readonly study: KeptStudy }>();

  /** @throws {InvalidInputError} if the spec names no sampler there is. */
  of(studyId: string, spec: StudySpec): KeptStudy {
    const text = JSON.stringify(spec);
    const known = this.#studies.get(studyId);
    const kept = known?.spec === text ? known : { spec: text, study: new KeptStudy(spec) };
    this.#studies.delete(studyId);
    this.#studies.set(studyId, kept); // the last in the map was asked for last
    if (this.#studies.size > MOST_STUDIES) this.#studies.delete(this.#studies.keys().next().value as string);
    return kept.study;
  }
}
