import type { DeviceTrainingCost } from '../cost/device-training-cost.js';
import { type CostDevice, costDeviceOf } from '../cost/training-cost-record.js';
import type { TrainingCosts } from '../cost/training-costs.js';
import type { DatasetRecord } from '../dataset.js';
import type { SearchRepositories } from '../ports/search-storage.js';
import type { StudySpec } from '../study.js';

/** A worker, with what its device is known to do. */
export interface StudyWorker {
  readonly id: string;
  readonly device: CostDevice;
  readonly cost: DeviceTrainingCost;
}

/** Workers that are looked at. */
const MOST_WORKERS = 500;

/** A processor that nobody knows: what a plan is made for before the first worker was seen. */
export const unknownDevice: CostDevice = {
  class: 'cpu',
  name: 'a processor that nobody knows yet',
  threads: 4,
  runtime: '',
};

/**
 * The workers that are alive with what trials of a study take on them.
 *
 * @param else Who is taken where none is alive: the one that was seen last (else {@link unknownDevice}), or nobody.
 */
export async function studyWorkers(
  repositories: Pick<SearchRepositories, 'workers' | 'costs' | 'preparations'>,
  costs: TrainingCosts,
  spec: Pick<StudySpec, 'searchSpace' | 'training'>,
  dataset: Pick<DatasetRecord, 'classes' | 'version'>,
  otherwise: 'last' | 'nobody',
): Promise<readonly StudyWorker[]> {
  const known = await repositories.workers.list(MOST_WORKERS);
  const alive = known.filter((worker) => worker.alive).map(({ id, device }) => ({ id, device: costDeviceOf(device) }));
  const [last] = known;
  const nobody = { id: '', device: last === undefined ? unknownDevice : costDeviceOf(last.device) };
  const workers = alive.length > 0 || otherwise === 'nobody' ? alive : [nobody];
  const byDevice = new Map<string, DeviceTrainingCost>();
  const result: StudyWorker[] = [];
  for (const { id, device } of workers) {
    const key = JSON.stringify([device.class, device.name, device.threads, device.runtime]);
    const cost = byDevice.get(key) ?? (await costs.of(repositories, spec, dataset, device));
    byDevice.set(key, cost);
    result.push({ id, device, cost });
  }
  return result;
}
