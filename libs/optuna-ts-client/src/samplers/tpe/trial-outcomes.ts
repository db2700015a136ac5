import { type Direction, type FrozenTrial, lastStep, toLosses, violationOf } from '../../frozen-trial.js';
import { GrowingFloats } from '../ledger/growing-floats.js';
import { SortedSlots } from '../ledger/sorted-slots.js';
import type { LedgerView, TrialLedger } from '../ledger/trial-ledger.js';
import type { SamplerContext } from '../sampler.js';

/** What the model makes of a trial. */
export const outcomes = { none: 0, running: 1, complete: 2, pruned: 3, infeasible: 4 } as const;

/** How the trials of a study ended, each kind from its best to its worst, equal ones by number. */
export class TrialOutcomes implements LedgerView {
  /** Feasible trials with values, by their losses from the first objective on. */
  readonly complete = new SortedSlots((a, b) => this.#compareLosses(a, b) || a - b);
  /** Later step first, then the better last value; NaN last, without any report at the very end. */
  readonly pruned = new SortedSlots((a, b) => this.#compareKeys(a, b) || a - b);
  /** By violation. */
  readonly infeasible = new SortedSlots((a, b) => this.#compareKeys(a, b) || a - b);
  /** Objectives. */
  readonly width: number;
  #kinds = new Uint8Array(64);
  #length = 0;
  readonly #losses: GrowingFloats;
  /** Two numbers by which a pruned or infeasible trial is ordered, smaller ones first. */
  readonly #keys = new GrowingFloats(2);
  readonly #weights = new GrowingFloats(1);

  private constructor(
    private readonly directions: readonly Direction[],
    private readonly curveObjective: number,
  ) {
    this.width = directions.length;
    this.#losses = new GrowingFloats(directions.length);
  }

  static of(ledger: TrialLedger, { directions, curveObjective }: SamplerContext): TrialOutcomes {
    return ledger.view(
      `outcomes ${directions.join(' ')} ${curveObjective}`,
      () => new TrialOutcomes(directions, curveObjective),
    );
  }

  /** Trials with a result. */
  get finished(): number {
    return this.complete.size + this.pruned.size + this.infeasible.size;
  }

  /** By slot, one of `outcomes`. */
  get kinds(): Uint8Array {
    return this.#kinds;
  }

  /** By slot, `width` numbers each; ±Infinity allowed. Only those of `complete` trials mean anything. */
  get losses(): Float64Array {
    return this.#losses.values;
  }

  /** By slot, in (0, 1]. */
  get weights(): Float64Array {
    return this.#weights.values;
  }

  set(slot: number, trial: FrozenTrial): void {
    if (slot < this.#length) this.#remove(slot);
    const kind = kindOf(trial);
    this.#setKind(slot, kind);
    const lossPlace = this.#losses.place(slot);
    const keyPlace = this.#keys.place(slot);
    const weightPlace = this.#weights.place(slot); // before `values`, which it may replace
    this.#weights.values[weightPlace] = trial.weight ?? 1;
    if (kind === outcomes.complete) {
      this.#losses.values.set(toLosses(trial.values as readonly number[], this.directions), lossPlace);
      this.complete.add(slot);
    } else if (kind === outcomes.pruned) {
      this.#keys.values.set(this.#progressOf(trial), keyPlace);
      this.pruned.add(slot);
    } else if (kind === outcomes.infeasible) {
      this.#keys.values.set([violationOf(trial), 0], keyPlace);
      this.infeasible.add(slot);
    }
  }

  removeLast(slot: number): void {
    this.#remove(slot);
    this.#length = slot;
  }

  #remove(slot: number): void {
    const kind = this.#kinds[slot];
    if (kind === outcomes.complete) this.complete.remove(slot);
    else if (kind === outcomes.pruned) this.pruned.remove(slot);
    else if (kind === outcomes.infeasible) this.infeasible.remove(slot);
  }

  #setKind(slot: number, kind: number): void {
    if (slot === this.#kinds.length) {
      const larger = new Uint8Array(2 * slot);
      larger.set(this.#kinds);
      this.#kinds = larger;
    }
    this.#kinds[slot] = kind;
    this.#length = Math.max(this.#length, slot + 1);
  }

  #progressOf({ intermediateValues }: FrozenTrial): readonly [number, number] {
    const step = lastStep(intermediateValues);
    if (step === undefined) return [Number.POSITIVE_INFINITY, 0];
    const value = intermediateValues.get(step) as number;
    const loss = this.directions[this.curveObjective] === 'maximize' ? -value : value;
    return [-step, Number.isNaN(value) ? Number.POSITIVE_INFINITY : loss];
  }

  #compareLosses(a: number, b: number): number {
    const losses = this.#losses.values;
    for (let objective = 0; objective < this.width; objective++) {
      const order = compare(losses[a * this.width + objective], losses[b * this.width + objective]);
      if (order !== 0) return order;
    }
    return 0;
  }

  #compareKeys(a: number, b: number): number {
    const keys = this.#keys.values;
    return compare(keys[2 * a], keys[2 * b]) || compare(keys[2 * a + 1], keys[2 * b + 1]);
  }
}

function kindOf(trial: FrozenTrial): number {
  if (trial.state === 'RUNNING') return outcomes.running;
  const hasResult = trial.state === 'PRUNED' || (trial.state === 'COMPLETE' && trial.values !== null);
  if (!hasResult) return outcomes.none;
  if (violationOf(trial) > 0) return outcomes.infeasible;
  return trial.state === 'PRUNED' ? outcomes.pruned : outcomes.complete;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
