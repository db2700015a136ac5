import type { ExportClaim, LeaseSettings } from './claim.js';
import { claimDataset } from './claim-dataset.js';
import type { ExportRecord } from './exported-model.js';
import type { SearchRepositories } from './ports/search-storage.js';
import type { TrialMeasures } from './trial.js';

/** What a worker needs to export a trial: its parameters, checkpoint, record and curve. */
export async function toExportClaim(
  repositories: SearchRepositories,
  { id: exportId, studyId, trialId, trialNumber, attempt }: ExportRecord,
  leases: LeaseSettings,
): Promise<ExportClaim> {
  const trial = await repositories.trials.findById(trialId);
  const spec = await repositories.studies.findSpec(studyId);
  const { checkpoint = null, initialStateSha256 = null, accuracyInterval = null, device = null } = trial ?? {};
  const isComplete = checkpoint !== null && initialStateSha256 !== null && accuracyInterval !== null && device !== null;
  if (trial === null || spec === null || !isComplete) {
    throw new Error(`Cannot hand out export ${exportId}: trial ${trialNumber} has no complete result`);
  }
  return {
    kind: 'export',
    ...leases,
    attempt,
    exportId,
    studyId,
    studyName: spec.name,
    trialNumber,
    parameters: trial.parameters,
    training: spec.training,
    dataset: await claimDataset(repositories, spec.datasetId),
    seed: trial.seed,
    checkpoint,
    initialStateSha256,
    measures: trial.measures as TrialMeasures,
    accuracyInterval,
    reports: await repositories.trials.curve(trialId),
    device,
    latencyDevice: trial.latencyDevice ?? device,
  };
}
