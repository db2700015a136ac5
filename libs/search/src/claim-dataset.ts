import type { ClaimDataset } from './claim.js';
import type { SearchRepositories } from './ports/search-storage.js';

/** The dataset of a study, which was READY when the study was created and never ceases to be. */
export async function claimDataset({ datasets }: SearchRepositories, datasetId: string): Promise<ClaimDataset> {
  const dataset = await datasets.find(datasetId);
  if (dataset?.version == null || dataset.manifestSha256 === null) {
    throw new Error(`Cannot hand out work on dataset ${datasetId}: it is not READY`);
  }
  const { name, version, manifestSha256, classes } = dataset;
  return { name, version, manifestSha256, classes: classes.map((entry) => entry.name) };
}
