import type { Study, Trial } from '#api-contract';

/**
 * How long training went on after the time that the study had, in longest epochs.
 *
 * @param longestEpoch Training and evaluation, seconds.
 * @returns >= 0; null where nothing limited the time.
 */
export function overrunEpochs(
  { budget }: Pick<Study, 'budget'>,
  trials: readonly Pick<Trial, 'finishedAt'>[],
  longestEpoch: number,
): number | null {
  if (budget === null || budget.endsAt === null) return null;
  const over = Date.parse(budget.endsAt) - budget.reserveSeconds * 1000;
  const last = Math.max(...trials.map(({ finishedAt }) => Date.parse(finishedAt ?? '')).filter(Number.isFinite));
  return Math.max(0, last - over) / 1000 / longestEpoch;
}
