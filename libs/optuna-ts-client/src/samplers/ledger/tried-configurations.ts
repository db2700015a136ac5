import { cardinality, contains } from '../../distributions/internal-representation.js';
import type { FrozenTrial } from '../../frozen-trial.js';
import type { SearchSpace } from '../../search-space.js';
import type { InternalParams } from '../sampler.js';
import type { LedgerView, TrialLedger } from './trial-ledger.js';

/**
 * Which configurations of a finite space a trial has, each with the number of its trials.
 *
 * Every trial counts, also one that waits or has failed, but not one that failed before anyone claimed it.
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
    return this.#counts.has(keyOf(this.space, params));
  }

  set(slot: number, trial: FrozenTrial): void {
    this.#forget(slot);
    const counts = isInside(this.space, trial) && !(trial.state === 'FAIL' && trial.attempt === 0);
    const key = counts ? keyOf(this.space, trial.internalParams) : undefined;
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

/** How many configurations a space has; Infinity with a continuous parameter. */
export function configurationCount(space: SearchSpace): number {
  return Object.values(space).reduce((product, distribution) => product * cardinality(distribution), 1);
}

function isInside(space: SearchSpace, trial: FrozenTrial): boolean {
  return Object.entries(space).every(([name, distribution]) => {
    const internal = trial.internalParams[name];
    return internal !== undefined && contains(distribution, internal);
  });
}

function keyOf(space: SearchSpace, params: InternalParams): string {
  return Object.entries(space)
    .map(([name, { type, ...distribution }]) => {
      // Grid points are compared by their place: 0.1 + 0.2 and 0.3 are one.
      if (type === 'categorical' || !('step' in distribution) || distribution.step === null) return params[name];
      return Math.round((params[name] - distribution.low) / distribution.step);
    })
    .join(' ');
}
