import type { DatasetRecord } from '../dataset.js';
import type { ArchitectureCatalog, KnownArchitecture } from '../ports/architecture-catalog.js';
import type { SearchRepositories } from '../ports/search-storage.js';
import type { ArchitectureProfile } from '../preparation.js';
import type { StudySpec } from '../study.js';
import { profileKeys } from '../study-preparations.js';
import type { Device } from '../trial.js';
import type { ArchitectureSize } from './analytic-cost.js';
import { DeviceTrainingCost } from './device-training-cost.js';
import { type CostDevice, costDeviceOf } from './training-cost-record.js';
import { pictureCounts } from './trial-seconds.js';

/** The ports that figures of cost are read from. */
export type CostRepositories = Pick<SearchRepositories, 'costs' | 'preparations'>;

const ASSUMED: ArchitectureSize = { gigaMacs: 1, parameterCount: 10_000_000 };
const ASSUMED_IMAGE_SIZE = 224;

/** Reads what is known of a device's speed. */
export class TrainingCosts {
  /** The size of a network never changes; the catalogue reads files whenever it is asked. */
  #known: ReadonlyMap<string, KnownArchitecture> | undefined;

  constructor(private readonly architectures: ArchitectureCatalog) {}

  /** What trials of a study take on a device, as far as it is on record. */
  async of(
    repositories: CostRepositories,
    spec: Pick<StudySpec, 'searchSpace' | 'training'>,
    dataset: Pick<DatasetRecord, 'classes' | 'version'>,
    device: CostDevice,
  ): Promise<DeviceTrainingCost> {
    this.#known ??= new Map((await this.architectures.list()).map((entry) => [entry.name, entry]));
    const known = this.#known;
    return new DeviceTrainingCost({
      device,
      training: spec.training,
      dataset: { version: dataset.version ?? '', ...pictureCounts(dataset.classes) },
      records: await repositories.costs.ofDevice(device),
      profiles: await profilesOf(repositories, spec, dataset, device),
      sizeOf: (architecture, imageSize) => sizeAt(known.get(architecture), imageSize),
    });
  }

  /** What trials of a study take on the device that asks. */
  async forStudy(
    repositories: CostRepositories & Pick<SearchRepositories, 'datasets'>,
    spec: StudySpec,
    device: Device,
  ): Promise<DeviceTrainingCost> {
    const dataset = await repositories.datasets.find(spec.datasetId);
    return this.of(repositories, spec, dataset ?? { classes: [], version: null }, costDeviceOf(device));
  }
}

/** Profiles on record of the architectures of a space, by their name. */
export async function profilesOf(
  { preparations }: Pick<CostRepositories, 'preparations'>,
  spec: Pick<StudySpec, 'searchSpace' | 'training'>,
  { classes }: Pick<DatasetRecord, 'classes'>,
  device: CostDevice,
): Promise<ReadonlyMap<string, ArchitectureProfile>> {
  const names = classes.map(({ name }) => name);
  const found = await preparations.findByKeys(profileKeys(spec, { classes: names }, device));
  return new Map(found.flatMap((record) => (record?.profile ? [[record.key.architecture, record.profile]] : [])));
}

function sizeAt(architecture: KnownArchitecture | undefined, imageSize: number): ArchitectureSize {
  const { gigaMacs = ASSUMED.gigaMacs, parameterCount = ASSUMED.parameterCount } = architecture ?? {};
  const area = (imageSize / (architecture?.defaultImageSize ?? ASSUMED_IMAGE_SIZE)) ** 2;
  return { gigaMacs: gigaMacs * area, parameterCount };
}
