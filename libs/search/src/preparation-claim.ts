import type { LeaseSettings, ProbeClaim, ProfileClaim } from './claim.js';
import { claimDataset } from './claim-dataset.js';
import type { SearchRepositories } from './ports/search-storage.js';
import type { PreparationRecord } from './preparation.js';

/** What a worker needs to make a profile or a probe. */
export async function toPreparationClaim(
  repositories: SearchRepositories,
  { id: preparationId, attempt, key }: PreparationRecord,
  leases: LeaseSettings,
): Promise<ProfileClaim | ProbeClaim> {
  const { architecture, imageSize } = key;
  const shared = { ...leases, preparationId, attempt, architecture, imageSize };
  if (key.kind === 'profile') return { kind: 'profile', ...shared, classes: key.classes, batches: key.batches };
  const dataset = await repositories.datasets.findVersion(key.datasetVersion);
  if (dataset === null) throw new Error(`Cannot hand out probe ${preparationId}: no dataset has its version`);
  return { kind: 'probe', ...shared, weights: key.weights, dataset: await claimDataset(repositories, dataset.id) };
}
