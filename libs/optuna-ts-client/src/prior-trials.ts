import type { FrozenTrial } from './frozen-trial.js';

/**
 * Finished trials of earlier studies as observations of a new one: numbered −n … −1 in the order given, so that they are
 * older than its own trials and never clash with them, with a weight that discounts them.
 *
 * @param trials Older ones first. Only COMPLETE trials with values and PRUNED ones are taken.
 * @param weight In (0, 1]; multiplied with the weight a trial has already.
 * @throws {RangeError} if the weight is outside.
 */
export function toPriorTrials(trials: readonly FrozenTrial[], weight: number): FrozenTrial[] {
  if (!(weight > 0 && weight <= 1)) throw new RangeError(`weight is ${weight}, must be in (0, 1]`);
  const finished = trials.filter(
    ({ state, values }) => state === 'PRUNED' || (state === 'COMPLETE' && values !== null),
  );
  return finished.map((trial, index) => ({
    ...trial,
    number: index - finished.length,
    weight: weight * (trial.weight ?? 1),
  }));
}
