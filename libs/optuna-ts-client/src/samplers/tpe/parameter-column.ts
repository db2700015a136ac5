import type { Distribution } from '../../distributions/distribution.js';
import type { FrozenTrial } from '../../frozen-trial.js';
import { isCompatible } from '../../search-space.js';
import { GrowingFloats } from '../ledger/growing-floats.js';
import { SortedSlots } from '../ledger/sorted-slots.js';
import type { LedgerView, TrialLedger } from '../ledger/trial-ledger.js';

/** The internal numbers that the trials of a study have for one parameter, their logarithms for log ranges. */
export class ParameterColumn implements LedgerView {
  readonly #values = new GrowingFloats(1);
  /** Kept only once somebody asks. */
  #order: SortedSlots | undefined;
  #length = 0;
  #missing = 0;
  /** The last distribution that was recorded, and whether it fits: the same one mostly comes again. */
  #recorded: Distribution;
  #fits = true;

  private constructor(
    private readonly name: string,
    private readonly distribution: Distribution,
  ) {
    this.#recorded = distribution;
  }

  static of(ledger: TrialLedger, name: string, distribution: Distribution): ParameterColumn {
    return ledger.view(`column ${kindOf(distribution)} ${name}`, () => new ParameterColumn(name, distribution));
  }

  /** By place in the history; NaN where a trial has no such parameter, or one of another kind. */
  get values(): Float64Array {
    return this.#values.values;
  }

  /** Whether every place has a number. */
  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** The places that have a number, by rising number, equal ones by place. */
  order(): Int32Array {
    if (this.#order === undefined) {
      this.#order = new SortedSlots((a, b) => this.values[a] - this.values[b] || a - b);
      for (let slot = 0; slot < this.#length; slot++) if (!Number.isNaN(this.values[slot])) this.#order.add(slot);
    }
    return this.#order.read();
  }

  set(slot: number, trial: FrozenTrial): void {
    const place = this.#values.place(slot);
    const recorded = trial.distributions[this.name];
    const isThere = recorded !== undefined && this.#isFitting(recorded);
    const value = isThere ? this.#scale(trial.internalParams[this.name]) : Number.NaN;
    if (slot < this.#length && Object.is(this.values[place], value)) return;
    this.#forget(slot);
    this.#length = Math.max(this.#length, slot + 1);
    this.values[place] = value;
    if (Number.isNaN(value)) this.#missing++;
    else this.#order?.add(slot);
  }

  removeLast(slot: number): void {
    this.#forget(slot);
    this.#length = slot;
  }

  #scale(value: number): number {
    return this.distribution.type !== 'categorical' && this.distribution.log ? Math.log(value) : value;
  }

  #forget(slot: number): void {
    if (slot >= this.#length) return;
    if (Number.isNaN(this.values[slot])) this.#missing--;
    else this.#order?.remove(slot);
  }

  #isFitting(recorded: Distribution): boolean {
    if (recorded !== this.#recorded) {
      this.#recorded = recorded;
      this.#fits = isCompatible(recorded, this.distribution);
    }
    return this.#fits;
  }
}

/** Spaces are asked for again and again: their choices are written out once. */
const kinds = new WeakMap<Distribution, string>();

function kindOf(distribution: Distribution): string {
  let kind = kinds.get(distribution);
  if (kind === undefined) {
    const { type } = distribution;
    kind = `${type} ${type === 'categorical' ? JSON.stringify(distribution.choices) : distribution.log}`;
    kinds.set(distribution, kind);
  }
  return kind;
}
