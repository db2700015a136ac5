import type { DatasetRecord } from '../dataset.js';
import type { ArchitectureCatalog, KnownArchitecture } from '../ports/architecture-catalog.js';
import type { SearchRepositories } from '../ports/search-storage.js';
import type { ArchitectureProfile, ProfileKey } from '../preparation.js';
import type { StudySpec } from '../study.js';
import type { ArchitectureSize } from './analytic-cost.js';
import { DeviceTrainingCost } from './device-training-cost.js';
import type { CostDevice } from './training-cost-record.js';
import { pictureCounts } from './trial-seconds.js';

/** The ports that figures of cost are read from. */
export type CostRepositories = Pick<SearchRepositories, 'costs' | 'preparations'>;

const ASSUMED: ArchitectureSize = { gigaMacs: 1, parameterCount: 10_000_000 };
const ASSUMED_IMAGE_SIZE = 224;
/** Batches whose latency every profile has, besides that of the study. */
const PROFILED_BATCHES = [1, 4, 16];

/** Reads what is known of a device's speed. */
export class TrainingCosts {
  constructor(private readonly architectures: ArchitectureCatalog) {}

  /** What trials of a study take on a device, as far as it is on record. */
  async of(
    repositories: CostRepositories,
    spec: Pick<StudySpec, 'searchSpace' | 'training'>,
    dataset: Pick<DatasetRecord, 'classes' | 'version'>,
    device: CostDevice,
  ): Promise<DeviceTrainingCost> {
    const known = new Map((await this.architectures.list()).map((entry) => [entry.name, entry]));
    return new DeviceTrainingCost({
      device,
      training: spec.training,
      dataset: { version: dataset.version ?? '', ...pictureCounts(dataset.classes) },
      records: await repositories.costs.ofDevice(device),
      profiles: await profilesOf(repositories, spec, dataset.classes.length, device),
      sizeOf: (architecture, imageSize) => sizeAt(known.get(architecture), imageSize),
    });
  }
}

/** Profiles on record of the architectures of a space, by their name. */
export async function profilesOf(
  { preparations }: Pick<CostRepositories, 'preparations'>,
  { searchSpace, training }: Pick<StudySpec, 'searchSpace' | 'training'>,
  classes: number,
  device: CostDevice,
): Promise<ReadonlyMap<string, ArchitectureProfile>> {
  const profiles = new Map<string, ArchitectureProfile>();
  const keys = searchSpace.architecture.map((name) => profileKey(name, classes, training, device));
  const found = await preparations.findByKeys(keys.map((key) => ({ kind: 'profile', ...key })));
  for (const [index, record] of found.entries()) {
    if (record?.profile) profiles.set(searchSpace.architecture[index], record.profile);
  }
  return profiles;
}

/** What the profile of an architecture for a study is recorded by. */
export function profileKey(
  architecture: string,
  classes: number,
  { imageSize, latencyBatch }: StudySpec['training'],
  { class: deviceClass, name, threads, runtime }: CostDevice,
): ProfileKey {
  const batches = [...new Set([...PROFILED_BATCHES, latencyBatch])].sort((a, b) => a - b);
  return { architecture, classes, imageSize, device: { class: deviceClass, name }, threads, runtime, batches };
}

function sizeAt(architecture: KnownArchitecture | undefined, imageSize: number): ArchitectureSize {
  const { gigaMacs = ASSUMED.gigaMacs, parameterCount = ASSUMED.parameterCount } = architecture ?? {};
  const area = (imageSize / (architecture?.defaultImageSize ?? ASSUMED_IMAGE_SIZE)) ** 2;
  return { gigaMacs: gigaMacs * area, parameterCount };
}
