import type { DataSource } from 'typeorm';
import type { SearchRepositories, SearchStorage } from '#search';
import { inTransaction, type Query, queryOn } from './database.js';
import { PostgresDatasetRepository } from './repositories/postgres-dataset-repository.js';
import { PostgresEventLog } from './repositories/postgres-event-log.js';
import { PostgresExportRepository } from './repositories/postgres-export-repository.js';
import { PostgresFrontRepository } from './repositories/postgres-front-repository.js';
import { PostgresStudyRepository } from './repositories/postgres-study-repository.js';
import { PostgresTrajectoryRepository } from './repositories/postgres-trajectory-repository.js';
import { PostgresTrialQueue } from './repositories/postgres-trial-queue.js';
import { PostgresTrialRepository } from './repositories/postgres-trial-repository.js';
import { PostgresWorkerRegistry } from './repositories/postgres-worker-registry.js';

/** All ports of `#search` over one Postgres: what `createUseCases` needs. */
export class PostgresStorage implements SearchStorage {
  readonly studies: SearchRepositories['studies'];
  readonly trials: SearchRepositories['trials'];
  readonly queue: SearchRepositories['queue'];
  readonly fronts: SearchRepositories['fronts'];
  readonly events: SearchRepositories['events'];
  readonly datasets: SearchRepositories['datasets'];
  readonly exports: SearchRepositories['exports'];
  readonly workers: SearchRepositories['workers'];
  readonly trajectories: SearchRepositories['trajectories'];

  /** @param dataSource From `createDataSource`, initialised, its migrations run. */
  constructor(private readonly dataSource: DataSource) {
    const repositories = repositoriesOver(queryOn(dataSource));
    this.studies = repositories.studies;
    this.trials = repositories.trials;
    this.queue = repositories.queue;
    this.fronts = repositories.fronts;
    this.events = repositories.events;
    this.datasets = repositories.datasets;
    this.exports = repositories.exports;
    this.workers = repositories.workers;
    this.trajectories = repositories.trajectories;
  }

  transaction<Result>(work: (repositories: SearchRepositories) => Promise<Result>): Promise<Result> {
    return inTransaction(this.dataSource, (query) => work(repositoriesOver(query)));
  }
}

function repositoriesOver(query: Query): SearchRepositories {
  return {
    studies: new PostgresStudyRepository(query),
    trials: new PostgresTrialRepository(query),
    queue: new PostgresTrialQueue(query),
    fronts: new PostgresFrontRepository(query),
    events: new PostgresEventLog(query),
    datasets: new PostgresDatasetRepository(query),
    exports: new PostgresExportRepository(query),
    workers: new PostgresWorkerRegistry(query),
    trajectories: new PostgresTrajectoryRepository(query),
  };
}
