import type { DatasetRepository } from './dataset-repository.js';
import type { EventLog } from './event-log.js';
import type { ExportRepository } from './export-repository.js';
import type { FrontRepository } from './front-repository.js';
import type { StudyRepository } from './study-repository.js';
import type { TrajectoryRepository } from './trajectory-repository.js';
import type { TrialQueue } from './trial-queue.js';
import type { TrialRepository } from './trial-repository.js';
import type { WorkerRegistry } from './worker-registry.js';

/** The ports of one connection or transaction. */
export interface SearchRepositories {
  readonly studies: StudyRepository;
  readonly trials: TrialRepository;
  readonly queue: TrialQueue;
  readonly fronts: FrontRepository;
  readonly events: EventLog;
  readonly datasets: DatasetRepository;
  readonly exports: ExportRepository;
  readonly workers: WorkerRegistry;
  readonly trajectories: TrajectoryRepository;
}

/** All that the use cases need of a database. */
export interface SearchStorage extends SearchRepositories {
  /**
   * Runs `work` in one transaction at READ COMMITTED; it is repeated from its beginning after a deadlock or a
   * serialization failure, so it must do nothing outside of the repositories it is given. Locks are taken in the
   * order study, trial or export, point of a trajectory, event log.
   */
  transaction<Result>(work: (repositories: SearchRepositories) => Promise<Result>): Promise<Result>;
}
