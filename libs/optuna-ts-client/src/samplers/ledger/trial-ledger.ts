import type { FrozenTrial } from '../../frozen-trial.js';
import { isFinished } from '../../trial-state.js';
import type { TrialHistory } from '../sampler.js';

/** What is kept ready of every trial, by its place in the history. */
export interface LedgerView {
  /** The trial in `slot` is another than before; slots that are new come in order. */
  set(slot: number, trial: FrozenTrial): void;
  /** The last slot, of this number, is gone. */
  removeLast(slot: number): void;
}

/** Views that are kept up to date at a time; a study whose distributions change all the time needs no more. */
const MOST_VIEWS = 64;
/** Finished trials of a history that are looked at for a ledger: as many may be overtaken by later ones. */
const MOST_ANCHORS = 64;

/** By one finished trial of each study: gone with it. */
const ledgers = new WeakMap<FrozenTrial, TrialLedger>();

/**
 * The history of a study as it was read last, with what samplers have made of it, so that an ask pays for the trials
 * that are new. It never changes an answer: trials are compared by identity, and whatever differs is taken anew.
 */
export class TrialLedger {
  readonly #trials: FrozenTrial[] = [];
  readonly #views = new Map<string, LedgerView>();

  /** The ledger of the study that the history belongs to, brought to this history. */
  static of(history: TrialHistory): TrialLedger {
    let anchor: FrozenTrial | undefined;
    let looked = 0;
    for (const trial of history) {
      if (!isFinished(trial.state)) continue;
      const known = ledgers.get(trial);
      if (known !== undefined) return known.#follow(history);
      anchor ??= trial;
      if (++looked === MOST_ANCHORS) break;
    }
    const ledger = new TrialLedger().#follow(history);
    if (anchor !== undefined) ledgers.set(anchor, ledger);
    return ledger;
  }

  /** A ledger of these trials that nobody finds again: for a part of a study that is asked for once. */
  static apart(history: TrialHistory): TrialLedger {
    return new TrialLedger().#follow(history);
  }

  private constructor() {}

  get trials(): TrialHistory {
    return this.#trials;
  }

  /** The view of this key, made where there is none. The key says everything that `create` depends on. */
  view<View extends LedgerView>(key: string, create: () => View): View {
    let view = this.#views.get(key) as View | undefined;
    if (view === undefined) {
      view = create();
      for (const [slot, trial] of this.#trials.entries()) view.set(slot, trial);
    } else this.#views.delete(key);
    this.#views.set(key, view); // the last in the map was used last
    if (this.#views.size > MOST_VIEWS) this.#views.delete(this.#views.keys().next().value as string);
    return view;
  }

  #follow(history: TrialHistory): this {
    const trials = this.#trials;
    while (trials.length > history.length) {
      trials.pop();
      for (const view of this.#views.values()) view.removeLast(trials.length);
    }
    for (let slot = 0; slot < history.length; slot++) {
      const trial = history[slot];
      if (trials[slot] === trial) continue;
      trials[slot] = trial;
      for (const view of this.#views.values()) view.set(slot, trial);
    }
    return this;
  }
}
