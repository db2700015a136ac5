import type { SearchRepositories } from '../ports/search-storage.js';
import type { StudySpec } from '../study.js';
import type { EpochReport, TrialRecord } from '../trial.js';
import { costDeviceOf } from './training-cost-record.js';
import { pictureCounts, trialSeconds } from './trial-seconds.js';

/**
 * Notes in the record of the device what a trial took that has just finished, in the transaction of the finish.
 *
 * @param reports Of its last attempt, in order of the epoch.
 */
export async function recordTrainingCost(
  { costs, datasets, workers }: Pick<SearchRepositories, 'costs' | 'datasets' | 'workers'>,
  { datasetId, training }: StudySpec,
  trial: TrialRecord,
  reports: readonly EpochReport[],
): Promise<void> {
  if (trial.workerId === null || trial.epoch <= trial.continuedFrom) return;
  const dataset = await datasets.find(datasetId);
  const worker = await workers.find(trial.workerId);
  if (dataset === null || dataset.version === null || worker === null) return;
  // A worker that has another device by now says nothing of the one that trained.
  if (worker.device.class !== trial.device?.class || worker.device.name !== trial.device.name) return;
  const seconds = trialSeconds(trial, reports, trial.continuedFrom, pictureCounts(dataset.classes));
  if (seconds === null) return;
  const { architecture, retrainDepth } = trial.parameters;
  const { imageSize, batchSize } = training;
  const device = costDeviceOf(worker.device);
  await costs.add(
    { architecture, retrainDepth, imageSize, batchSize, datasetVersion: dataset.version, device },
    seconds,
  );
}
