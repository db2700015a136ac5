import type { ClaimDataset } from './claim.js';
import { RETUNE } from './planner/retune-options.js';
import type { PreparationKey, ProbeKey, ProfileKey } from './preparation.js';
import type { StudySpec } from './study.js';
import type { DeviceIdentity } from './trial.js';

/** Batch sizes whose latency every profile has. */
const COMMON_BATCHES = [1, 4, 16];

/** Pictures of the calls by which the latencies of a profile are measured, about. */
export const PROFILE_PICTURES = 60 * (1 + 4 + 16);

/** What of a device its profiles and probes are recorded by. */
export interface MeasuredDevice extends DeviceIdentity {
  readonly threads: number;
  readonly runtime?: string | undefined;
}

/** Whether the architectures of a study are measured before it trains any; the planner's studies can do without. */
export function hasProfileGate({ sampler }: Pick<StudySpec, 'sampler'>): boolean {
  return sampler.name !== RETUNE || sampler.options.profileGate !== false;
}

/** The profiles a study needs on a device, one for each of its architectures in their order. */
export function profileKeys(
  { searchSpace, training }: Pick<StudySpec, 'searchSpace' | 'training'>,
  { classes }: Pick<ClaimDataset, 'classes'>,
  device: MeasuredDevice,
): (PreparationKey & ProfileKey)[] {
  const { imageSize, latencyBatch } = training;
  const batches = [...new Set([...COMMON_BATCHES, latencyBatch])].sort((a, b) => a - b);
  const shared = { classes: classes.length, imageSize, ...identityOf(device), batches };
  return searchSpace.architecture.map((architecture) => ({ kind: 'profile', architecture, ...shared }));
}

/**
 * The probes a study needs on a device: of the architectures that it trains from pretrained weights, where its sampler
 * has a use for them.
 *
 * @param leaveOut Architectures that are not worth one.
 */
export function probeKeys(
  { sampler, searchSpace, training }: Pick<StudySpec, 'sampler' | 'searchSpace' | 'training'>,
  { version }: Pick<ClaimDataset, 'version'>,
  device: MeasuredDevice,
  leaveOut: ReadonlySet<string>,
): (PreparationKey & ProbeKey)[] {
  // The planner alone has use for what is known before training.
  if (sampler.name !== RETUNE || searchSpace.retrainDepth.every((depth) => depth === 'scratch')) return [];
  const shared = { datasetVersion: version, imageSize: training.imageSize, ...identityOf(device) };
  return searchSpace.architecture.flatMap((architecture) => {
    const weights = training.weights?.[architecture];
    if (weights === undefined || leaveOut.has(architecture)) return [];
    return [{ kind: 'probe' as const, architecture, weights, ...shared }];
  });
}

/** What of a device decides over profiles and probes. */
export function identityOf({ class: deviceClass, name, threads, runtime = '' }: MeasuredDevice) {
  return { device: { class: deviceClass, name }, threads, runtime };
}
