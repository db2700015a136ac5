import { type FrozenTrial, isFinished } from '#optuna-ts-client';
import { trialFreezer } from './frozen-trials.js';
import type { TrialHistory } from './ports/trial-repository.js';
import type { StudySpec } from './study.js';

/** Studies whose trials are kept; the one that was asked for longest ago goes first. */
const MOST_STUDIES = 32;

interface KeptStudy {
  /** The spec as JSON. */
  readonly spec: string;
  readonly freeze: (trial: TrialHistory) => FrozenTrial;
  /** Finished trials by number, each with the row it was made of. */
  readonly trials: Map<number, { readonly row: TrialHistory; readonly frozen: FrozenTrial }>;
}

/**
 * The finished trials of the studies that this process was asked about last, each as one object for as long as its row
 * stays the same: samplers know them again, and what they learnt of them.
 */
export class KeptTrials {
  readonly #studies = new Map<string, KeptStudy>();

  /** What `toFrozenTrials` gives, finished trials as the objects that were given before. */
  freeze(studyId: string, spec: StudySpec, history: readonly TrialHistory[]): FrozenTrial[] {
    const { freeze, trials } = this.#find(studyId, spec);
    return history.map((row) => {
      if (!isFinished(row.state)) return freeze(row);
      const kept = trials.get(row.number);
      if (kept !== undefined && isSame(kept.row, row)) return kept.frozen;
      const frozen = freeze(row);
      trials.set(row.number, { row, frozen });
      return frozen;
    });
  }

  #find(studyId: string, spec: StudySpec): KeptStudy {
    const text = JSON.stringify(spec);
    const known = this.#studies.get(studyId);
    const study =
      known?.spec === text ? known : { spec: text, freeze: trialFreezer(spec), trials: new Map<number, never>() };
    this.#studies.delete(studyId);
    this.#studies.set(studyId, study); // the last in the map was asked for last
    if (this.#studies.size > MOST_STUDIES) this.#studies.delete(this.#studies.keys().next().value as string);
    return study;
  }
}

/** Whether two rows say the same of all that samplers read. */
function isSame(a: TrialHistory, b: TrialHistory): boolean {
  return (
    a.trialId === b.trialId &&
    a.state === b.state &&
    a.failReason === b.failReason &&
    areEqual(Object.entries(a.metrics).flat(), Object.entries(b.metrics).flat()) &&
    areEqual(Object.entries(a.parameters).flat(), Object.entries(b.parameters).flat()) &&
    areEqual(violationsOf(a), violationsOf(b)) &&
    areEqual(a.curve.flat(), b.curve.flat())
  );
}

function violationsOf({ constraints }: TrialHistory): (number | null)[] {
  return constraints.map(({ violation }) => violation);
}

function areEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
