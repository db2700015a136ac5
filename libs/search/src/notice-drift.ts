import { claimDataset } from './claim-dataset.js';
import type { SearchRepositories } from './ports/search-storage.js';
import type { StudySpec } from './study.js';
import type { StudyEvent } from './study-event.js';
import type { DeviceIdentity } from './trial.js';

/**
 * How far a later measurement may be from a profile, as a share of the profile. Medians are compared: beside a busy process
 * the slowest calls of a network take several times as long while its median hardly moves, and that is no drift.
 */
export const DRIFT_TOLERANCE = 0.25;

/** A latency that a worker measured for a study outside of any profile. */
export interface MeasuredLatency {
  readonly architecture: string;
  readonly workerId: string | null;
  /** Measured on it; null: on the device of the worker. */
  readonly latencyDevice: DeviceIdentity | null;
  readonly batch: number;
  readonly p50Ms: number;
}

/**
 * Compares a latency with the profiles of the same architecture on the same device, and marks those that it is too far
 * from: they are measured anew before the next study begins there. Trials of the study that runs go on with what they have.
 *
 * @returns The events that tell of it, for the study that the latency was measured for.
 */
export async function noticeDrift(
  repositories: SearchRepositories,
  { datasetId, training }: StudySpec,
  { architecture, workerId, latencyDevice, batch, p50Ms }: MeasuredLatency,
): Promise<StudyEvent[]> {
  const worker = workerId === null ? null : await repositories.workers.find(workerId);
  if (worker === null) return [];
  const { class: deviceClass, name } = latencyDevice ?? worker.device;
  const device = { class: deviceClass, name };
  const dataset = await claimDataset(repositories, datasetId);
  const observation = {
    architecture,
    classes: dataset.classes.length,
    imageSize: training.imageSize,
    device: worker.device,
    latencyDevice: device,
    batch,
    p50Ms,
  };
  const drifts = await repositories.preparations.markDrifted(observation, DRIFT_TOLERANCE);
  return drifts.map(({ recordedMs, measuredMs }) => ({
    type: 'profile.drifted',
    architecture,
    device,
    batch,
    recordedMs,
    measuredMs,
  }));
}
