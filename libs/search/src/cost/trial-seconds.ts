import type { EpochReport, TrialRecord } from '../trial.js';
import type { TrialSeconds } from './training-cost-record.js';

/** Pictures of a dataset by split. */
export interface PictureCounts {
  readonly train: number;
  readonly validation: number;
}

/** Pictures of all classes together. */
export function pictureCounts(classes: readonly PictureCounts[]): PictureCounts {
  return {
    train: classes.reduce((sum, { train }) => sum + train, 0),
    validation: classes.reduce((sum, { validation }) => sum + validation, 0),
  };
}

/**
 * What a finished trial took, for the record of its device.
 *
 * @param reports Of its last attempt, in order of the epoch.
 * @param fromEpoch Epochs that it took over from another trial: their reports tell of that one's time.
 * @returns Null where it says nothing of trials: it failed, or computed no epoch itself.
 */
export function trialSeconds(
  { state, startedAt, finishedAt }: Pick<TrialRecord, 'state' | 'startedAt' | 'finishedAt'>,
  reports: readonly EpochReport[],
  fromEpoch: number,
  { train, validation }: PictureCounts,
): TrialSeconds | null {
  const computed = reports.filter(({ epoch }) => epoch > fromEpoch);
  if (computed.length === 0 || startedAt === null || finishedAt === null) return null;
  if ((state !== 'COMPLETE' && state !== 'PRUNED') || train === 0 || validation === 0) return null;
  const trained = computed.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
  const evaluated = computed.reduce((sum, { evaluationSeconds }) => sum + evaluationSeconds, 0);
  const wall = (finishedAt.getTime() - startedAt.getTime()) / 1000;
  return {
    trainPerPicture: trained / (computed.length * train),
    evaluationPerPicture: evaluated / (computed.length * validation),
    fixed: Math.max(0, wall - trained - evaluated),
    pictures: train + validation,
  };
}

/**
 * Training that a finished trial computed itself, against `budget.trainSeconds`: what its own epochs took. Frozen features are
 * left out: the record says what they took, not whether they were at hand.
 */
export function computedTrainSeconds(
  { continuedFrom }: Pick<TrialRecord, 'continuedFrom'>,
  reports: readonly EpochReport[],
): number {
  return reports.reduce((sum, { epoch, trainSeconds }) => sum + (epoch > continuedFrom ? trainSeconds : 0), 0);
}
