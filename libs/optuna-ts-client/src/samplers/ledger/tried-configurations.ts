import type { FrozenTrial } from '../../frozen-trial.js';
import type { SearchSpace } from '../../search-space.js';
import { configurationKey, countsAsTried, liesInside } from '../configuration-key.js';
import type { InternalParams } from '../sampler.js';
import type { LedgerView, TrialLedger } from './trial-ledger.js';

/**
 * Which configurations of a finite, flat space a trial has, each with the number of its trials. What counts as tried: see
 * `countsAsTried`.
 */
export class TriedConfigurations implements LedgerView {
  readonly #keys: (string | undefined)[] = [];
  readonly #counts = new Map<string, number>();

  private constructor(private readonly space: SearchSpace) {}

  static of(ledger: TrialLedger, space: SearchSpace): TriedConfigurations {
    const key = JSON.stringify(Object.entries(space));
    return ledger.view(`tried ${key}`, () => new TriedConfigurations(space));
  }

  /** How many different ones. */
  get size(): number {
    return this.#counts.size;
  }

  /** Whether any trial has the configuration. */
  has(params: InternalParams): boolean {
    return this.#counts.has(configurationKey(this.space, params));
  }

  set(slot: number, trial: FrozenTrial): void {
    this.#forget(slot);
    const key =
      countsAsTried(trial) && liesInside(this.space, trial)
        ? configurationKey(this.space, trial.internalParams)
        : undefined;
    this.#keys[slot] = key;
    if (key !== undefined) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  removeLast(slot: number): void {
    this.#forget(slot);
    this.#keys.length = slot;
  }

  #forget(slot: number): void {
    const key = this.#keys[slot];
    if (key === undefined) return;
    const count = (this.#counts.get(key) as number) - 1;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
