import type { RetrainDepth } from '../search-space.js';
import type { Device, DeviceIdentity } from '../trial.js';
import type { LogSpread } from './log-spread.js';

/** Where something is computed, as far as its speed depends on it. */
export interface CostDevice extends DeviceIdentity {
  /** Of the processor. */
  readonly threads: number;
  /** Name and version of what runs it; empty where the worker does not say. */
  readonly runtime: string;
}

/** Everything that the seconds of a trial are recorded by. */
export interface TrainingCostKey {
  readonly architecture: string;
  readonly retrainDepth: RetrainDepth;
  /** Side of the square the network sees, pixels. */
  readonly imageSize: number;
  /** As the study asks for it; what memory makes of it belongs to the device. */
  readonly batchSize: number;
  readonly datasetVersion: string;
  readonly device: CostDevice;
}

/** What one trial took of what it computed itself. */
export interface TrialSeconds {
  /** Training, seconds per picture and epoch. */
  readonly trainPerPicture: number;
  /** Evaluation, seconds per validation picture and epoch. */
  readonly evaluationPerPicture: number;
  /** From the claim to the finish, less what its epochs took. */
  readonly fixed: number;
  /** Training and validation pictures of the dataset. */
  readonly pictures: number;
}

/** The record of one key. */
export interface TrainingCostRecord extends TrainingCostKey {
  readonly trainPerPicture: LogSpread;
  readonly evaluationPerPicture: LogSpread;
  /** Of the trials after the first. */
  readonly fixed: LogSpread;
  /** Of the first trial, which compiles, decodes and computes what all later ones find. */
  readonly firstFixed: number;
  readonly pictures: number;
}

/** What of a device its speed depends on. */
export function costDeviceOf(device: Device & { readonly runtime?: string }): CostDevice {
  return { class: device.class, name: device.name, threads: device.threads, runtime: device.runtime ?? '' };
}
