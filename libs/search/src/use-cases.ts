import type { Clock } from '#primitives';
import type { LeaseSettings } from './claim.js';
import { ClaimWork } from './claim-work.js';
import { ContinueTraining } from './continue-training.js';
import { CreateStudy } from './create-study.js';
import { ImportDataset } from './import-dataset.js';
import { ManageExports } from './manage-exports.js';
import { ManageStudies } from './manage-studies.js';
import type { ArchitectureCatalog } from './ports/architecture-catalog.js';
import type { CollectableBlobs } from './ports/collectable-blobs.js';
import type { SearchStorage } from './ports/search-storage.js';
import { QueryPareto } from './query-pareto.js';
import { QueryStorage } from './query-storage.js';
import { QueryTrials } from './query-trials.js';
import { QueryWorkers } from './query-workers.js';
import { ReapLeases } from './reap-leases.js';
import { RunTrial } from './run-trial.js';
import { SweepStorage } from './sweep-storage.js';

/** What the use cases are made of. */
export interface UseCaseDependencies {
  readonly clock: Clock;
  readonly architectures: ArchitectureCatalog;
  readonly leases: LeaseSettings;
  /** Where checkpoints and resume states lie, and how many bytes of them may. */
  readonly blobs: CollectableBlobs;
  readonly checkpointBytes: number;
  /** Hears of a study whose sampler threw when a worker asked; workers get work of other studies meanwhile. */
  readonly onFailedAsk: (studyId: string, error: unknown) => void;
}

/** Builds every use case of the service over one storage. */
export function createUseCases(
  storage: SearchStorage,
  { clock, architectures, leases, blobs, checkpointBytes, onFailedAsk }: UseCaseDependencies,
) {
  return {
    createStudy: new CreateStudy(storage, architectures),
    studies: new ManageStudies(storage, clock),
    trials: new QueryTrials(storage),
    workers: new QueryWorkers(storage),
    pareto: new QueryPareto(storage),
    exports: new ManageExports(storage, leases),
    datasets: new ImportDataset(storage),
    claimWork: new ClaimWork(storage, leases, onFailedAsk),
    runTrial: new RunTrial(storage, leases),
    continueTraining: new ContinueTraining(storage, leases),
    reapLeases: new ReapLeases(storage),
    storage: new QueryStorage(storage, checkpointBytes),
    sweepStorage: new SweepStorage(storage, blobs, checkpointBytes),
  };
}

export type UseCases = ReturnType<typeof createUseCases>;
