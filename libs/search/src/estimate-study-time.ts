import type { TrialDuration } from './ports/trial-repository.js';
import type { TrialParameters } from './search-space.js';

/** What is left of a study, and who works on it. */
export interface StudyLoad {
  /** Finished and open trials. */
  readonly trials: readonly TrialDuration[];
  /** Trials that are still to be made. */
  readonly unmade: number;
  /** Workers that are alive, >= 0. */
  readonly workers: number;
}

interface Mean {
  sum: number;
  weight: number;
}

/**
 * Predicts how long a study still takes. Seconds per epoch come from the finished trials of the same architecture and
 * retrain depth, else of the same depth, else of all; trials that are not made yet take as long as the mean finished
 * trial (which includes the ones that were pruned early). The work is spread evenly over the workers, but the study
 * takes at least as long as its longest open trial.
 *
 * @returns Seconds >= 0; null where nothing is left, no worker is alive, or no trial has finished and none has reported.
 */
export function estimateStudyTime({ trials, unmade, workers }: StudyLoad): number | null {
  const open = trials.filter(({ state }) => state === 'WAITING' || state === 'RUNNING');
  if (workers <= 0 || (open.length === 0 && unmade === 0)) return null;

  const secondsPerEpoch = new Map<string, Mean>();
  const wholeTrial: Mean = { sum: 0, weight: 0 };
  const share: Mean = { sum: 0, weight: 0 };
  for (const { state, parameters, epoch, seconds } of trials) {
    if (seconds === null || state === 'FAIL' || state === 'WAITING') continue;
    if (epoch > 0) for (const key of keysOf(parameters)) add(secondsPerEpoch, key, seconds, epoch);
    if (state === 'RUNNING') continue;
    wholeTrial.sum += seconds;
    wholeTrial.weight += 1;
    share.sum += Math.min(1, epoch / parameters.epochs);
    share.weight += 1;
  }
  if (wholeTrial.weight === 0 && secondsPerEpoch.size === 0) return null;

  const meanShare = share.weight === 0 ? 1 : share.sum / share.weight;
  const fallback = meanOf(wholeTrial) ?? 0;
  const perEpoch = (parameters: TrialParameters): number | null =>
    keysOf(parameters)
      .map((key) => meanOf(secondsPerEpoch.get(key)))
      .find((mean) => mean !== null) ?? null;

  let work = 0;
  let longest = 0;
  for (const { state, parameters, epoch } of open) {
    const rate = perEpoch(parameters);
    const epochsLeft = Math.max(0, (state === 'RUNNING' ? 1 : meanShare) * parameters.epochs - epoch);
    const left = rate === null ? fallback : rate * epochsLeft;
    work += left;
    if (state === 'RUNNING') longest = Math.max(longest, left);
  }
  const openRates = open.map(({ parameters }) => (perEpoch(parameters) ?? 0) * parameters.epochs);
  const unmadeTrial = meanOf(wholeTrial) ?? openRates.reduce((sum, value) => sum + value, 0) / Math.max(1, open.length);
  work += unmade * unmadeTrial;
  return Math.max(longest, work / workers);
}

/** From the most particular group of trials to all of them. */
function keysOf({ architecture, retrainDepth }: TrialParameters): string[] {
  return [`${architecture}/${retrainDepth}`, `/${retrainDepth}`, ''];
}

function add(means: Map<string, Mean>, key: string, sum: number, weight: number): void {
  const mean = means.get(key) ?? { sum: 0, weight: 0 };
  mean.sum += sum;
  mean.weight += weight;
  means.set(key, mean);
}

function meanOf(mean: Mean | undefined): number | null {
  return mean === undefined || mean.weight === 0 ? null : mean.sum / mean.weight;
}
