import type { TrialDuration } from '../ports/trial-repository.js';
import type { CandidateCosts } from './simulate-study.js';

/** Trials that look back far enough. */
const LAST_TRIALS = 30;
/** Trials that went as predicted, which are held to be there before the first. */
const EXPECTED_TRIALS = 3;
/** One trial that took a hundred times as long is an accident, not a pace. */
const MOST = 4;

/**
 * What the trials of a study took, in parts of what the record of the device says of trials like them: below 1 where frozen
 * work is at hand, above where the machine has other work. The first trial of an architecture and depth says
 * nothing, nor one that no epoch is known of.
 *
 * @returns > 0; 1 while nothing is known.
 */
export function studyPace(trials: readonly TrialDuration[], costs: CandidateCosts): number {
  const ended = trials
    .filter(({ state, epoch }) => epoch > 0 && (state === 'COMPLETE' || state === 'PRUNED'))
    .sort((a, b) => a.number - b.number);
  const seen = new Set<string>();
  const later = ended.filter(({ parameters: { architecture, retrainDepth } }) => {
    const key = `${retrainDepth}/${architecture}`;
    const isFirst = !seen.has(key);
    seen.add(key);
    return !isFirst;
  });
  let taken = 0;
  let expected = 0;
  const looked = later.slice(-LAST_TRIALS);
  for (const { parameters, epoch, fromEpoch, seconds } of looked) {
    const cost = costs.candidate(parameters);
    const predicted = cost.fixed.median + (epoch - fromEpoch) * cost.epoch.median;
    expected += predicted;
    taken += Math.min(seconds ?? predicted, MOST * predicted);
  }
  if (expected <= 0) return 1;
  return (looked.length * (taken / expected) + EXPECTED_TRIALS) / (looked.length + EXPECTED_TRIALS);
}
