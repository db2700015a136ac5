import { createSampler, type FrozenTrial, isFinished, type Sampler } from '#optuna-ts-client';
import { trialFreezer } from './frozen-trials.js';
import type { TrialHistory } from './ports/trial-repository.js';
import type { StudySpec } from './study.js';
import { toWarmTrials } from './warm-start.js';

/**
 * What is worth keeping of a study between two asks: its sampler, with all that it remembers, and its finished trials, each
 * as one object for as long as its row stays the same, so that the sampler knows them again.
 */
export class KeptStudy {
  readonly sampler: Sampler;
  readonly #freeze: (trial: TrialHistory) => FrozenTrial;
  /** Finished trials by number, each with the row it was made of. */
  readonly #trials = new Map<number, { readonly row: TrialHistory; readonly frozen: FrozenTrial }>();
  #warm: { readonly earlier: readonly TrialHistory[]; readonly frozen: readonly FrozenTrial[] } | undefined;

  /** @throws {InvalidInputError} if there is no such sampler. */
  constructor(private readonly spec: StudySpec) {
    this.sampler = createSampler(spec.sampler.name, spec.sampler.options);
    this.#freeze = trialFreezer(spec);
  }

  /** What `toWarmTrials` and `toFrozenTrials` give, finished trials as the objects that were given before. */
  freeze(history: readonly TrialHistory[], earlier: readonly TrialHistory[] = []): readonly FrozenTrial[] {
    const own = history.map((row) => {
      if (!isFinished(row.state)) return this.#freeze(row);
      const kept = this.#trials.get(row.number);
      if (kept !== undefined && isSame(kept.row, row)) return kept.frozen;
      const frozen = this.#freeze(row);
      this.#trials.set(row.number, { row, frozen });
      return frozen;
    });
    return earlier.length === 0 ? own : [...this.#freezeEarlier(earlier), ...own];
  }

  #freezeEarlier(earlier: readonly TrialHistory[]): readonly FrozenTrial[] {
    if (this.#warm?.earlier !== earlier) this.#warm = { earlier, frozen: toWarmTrials(this.spec, earlier) };
    return this.#warm.frozen;
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
