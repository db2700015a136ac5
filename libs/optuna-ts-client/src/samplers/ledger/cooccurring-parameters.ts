import type { Distribution } from '../../distributions/distribution.js';
import type { FrozenTrial } from '../../frozen-trial.js';
import type { LedgerView, TrialLedger } from './trial-ledger.js';

/**
 * Which parameters the COMPLETE and PRUNED trials of a study have together, as in a space whose parameters depend on
 * each other.
 *
 * @see optuna/search_space/group_decomposed.py, 5.0.0
 */
export class CooccurringParameters implements LedgerView {
  /** Sets of names, as JSON, with the number of trials that have just these. */
  readonly #counts = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #known = new WeakMap<Readonly<Record<string, Distribution>>, string>();

  private constructor() {}

  static of(ledger: TrialLedger): CooccurringParameters {
    return ledger.view('cooccurring', () => new CooccurringParameters());
  }

  /** The largest groups of names that every trial has whole or not at all; each name is in one. Sorted by name. */
  groups(): string[][] {
    const sets = [...this.#counts.keys()].sort().map((key) => new Set(JSON.parse(key) as string[]));
    const groups = new Map<string, string[]>();
    for (const name of [...new Set(sets.flatMap((names) => [...names]))].sort()) {
      const membership = sets.map((names) => (names.has(name) ? 1 : 0)).join('');
      groups.set(membership, [...(groups.get(membership) ?? []), name]);
    }
    return [...groups.values()];
  }

  set(slot: number, trial: FrozenTrial): void {
    this.#forget(slot);
    const key = trial.state === 'COMPLETE' || trial.state === 'PRUNED' ? this.#keyOf(trial.distributions) : undefined;
    this.#keys[slot] = key;
    if (key !== undefined) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  removeLast(slot: number): void {
    this.#forget(slot);
    this.#keys.length = slot;
  }

  #keyOf(distributions: Readonly<Record<string, Distribution>>): string {
    let key = this.#known.get(distributions);
    if (key === undefined) {
      key = JSON.stringify(Object.keys(distributions).sort());
      this.#known.set(distributions, key);
    }
    return key;
  }

  #forget(slot: number): void {
    const key = this.#keys[slot];
    if (key === undefined) return;
    const count = (this.#counts.get(key) as number) - 1;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
