import type { TrialLedger } from '../ledger/trial-ledger.js';
import type { SamplerContext } from '../sampler.js';
import { firstFronts } from './first-fronts.js';
import { referencePoint } from './reference-point.js';
import { selectFront } from './select-front.js';
import { outcomes, TrialOutcomes } from './trial-outcomes.js';

/** How many trials are good. */
export type GammaRule = 'capped' | 'uncapped';

/** The good trials and all others, as places in the history, each by rising number. */
export interface Split {
  readonly below: Int32Array;
  readonly above: Int32Array;
  /** For each good trial its finite losses, null where it is not COMPLETE or not feasible. */
  readonly losses: readonly (readonly number[] | null)[];
}

/**
 * How many of n finished trials are good: a tenth, 25 at the most; with several objectives `uncapped` lifts that limit.
 *
 * @see optuna/samplers/_tpe/sampler.py default_gamma (to 4.9.0 for any number of objectives) and
 *   default_gamma_multiobjective, 5.0.0
 */
export function goodCount(n: number, objectives = 1, rule: GammaRule = 'capped'): number {
  const tenth = Math.ceil(0.1 * n);
  return rule === 'uncapped' && objectives > 1 ? tenth : Math.min(tenth, 25);
}

/**
 * Splits trials into the `count` best and the rest.
 *
 * Best first: feasible COMPLETE trials by value (several objectives: by front, the front that does not fit whole by
 * hypervolume subset selection), then PRUNED ones (later step first, then the better last value), then infeasible ones
 * by violation. A trial without constraint values counts as feasible; one without a result is left out.
 *
 * @param countRunning Whether RUNNING trials belong to the rest; else they are left out.
 * @see optuna/samplers/_tpe/sampler.py _split_trials, 5.0.0
 */
export function splitTrials(context: SamplerContext, ledger: TrialLedger, count: number, countRunning: boolean): Split {
  const results = TrialOutcomes.of(ledger, context);
  const below = goodSlots(results, count).sort();
  const isGood = new Uint8Array(ledger.trials.length);
  for (const slot of below) isGood[slot] = 1;
  const above = new Int32Array(ledger.trials.length);
  let rest = 0;
  const { kinds } = results;
  for (let slot = 0; slot < isGood.length; slot++) {
    const kind = kinds[slot];
    if (isGood[slot] === 0 && kind !== outcomes.none && (countRunning || kind !== outcomes.running))
      above[rest++] = slot;
  }
  const isComplete = [...below].map((slot) => results.kinds[slot] === outcomes.complete);
  const rows = finiteLosses(
    results,
    below.filter((_, index) => isComplete[index]),
  );
  let next = 0;
  return { below, above: above.subarray(0, rest), losses: isComplete.map((is) => (is ? rows[next++] : null)) };
}

function goodSlots(results: TrialOutcomes, count: number): Int32Array {
  const best = new Int32Array(Math.min(count, results.finished));
  let taken = 0;
  const take = (slots: ArrayLike<number>) => {
    for (let index = 0; index < slots.length && taken < best.length; index++) best[taken++] = slots[index];
  };
  take(bestComplete(results, count));
  take(results.pruned.read());
  take(results.infeasible.read());
  return best;
}

function bestComplete(results: TrialOutcomes, count: number): ArrayLike<number> {
  const complete = results.complete.read();
  if (count === 0 || count >= complete.length || results.width === 1) return complete;
  const { whole, cut } = firstFronts(complete, results.losses, results.width, count);
  if (cut.length === 0) return whole;
  const candidates = Int32Array.from(cut).sort();
  const losses = finiteLosses(results, candidates);
  const kept = selectFront(losses, count - whole.length, referencePoint(losses));
  return [...whole, ...kept.map((index) => candidates[index])];
}

/** Losses with infinite ones put one range outside the finite ones of the study: volumes stay finite, order is kept. */
function finiteLosses(results: TrialOutcomes, slots: Int32Array): number[][] {
  const { width, losses } = results;
  const rows: number[][] = [];
  for (const slot of slots) {
    const row: number[] = [];
    for (let objective = 0; objective < width; objective++) row.push(losses[slot * width + objective]);
    rows.push(row);
  }
  for (let objective = 0; objective < width; objective++) {
    if (rows.every((row) => Number.isFinite(row[objective]))) continue;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const slot of results.complete.read()) {
      const loss = losses[slot * width + objective];
      if (!Number.isFinite(loss)) continue;
      low = Math.min(low, loss);
      high = Math.max(high, loss);
    }
    if (low > high) [low, high] = [0, 0];
    const range = high - low || 1;
    for (const row of rows) row[objective] = Math.min(high + range, Math.max(low - range, row[objective]));
  }
  return rows;
}
