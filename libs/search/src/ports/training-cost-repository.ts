import type { TrainingCostKey, TrainingCostRecord, TrialSeconds } from '../cost/training-cost-record.js';
import type { DeviceIdentity } from '../trial.js';

/** What trials took, by device: kept for all studies. */
export interface TrainingCostRepository {
  /** Adds what a trial took to the record of its key, which is made where there is none. */
  add(key: TrainingCostKey, seconds: TrialSeconds): Promise<void>;
  /** Every record of a device, with whatever threads and runtime; those that were changed last first. */
  ofDevice(device: DeviceIdentity): Promise<readonly TrainingCostRecord[]>;
}
