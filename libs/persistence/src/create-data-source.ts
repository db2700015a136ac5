import { DataSource } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { DatasetEntity } from './entities/dataset-entity.js';
import { ExportEntity } from './entities/export-entity.js';
import { FrontEntity } from './entities/front-entity.js';
import { StudyEntity } from './entities/study-entity.js';
import { StudyEventEntity } from './entities/study-event-entity.js';
import { TrajectoryPointEntity } from './entities/trajectory-point-entity.js';
import { TrialEntity } from './entities/trial-entity.js';
import { TrialReportEntity } from './entities/trial-report-entity.js';
import { WorkerEntity } from './entities/worker-entity.js';

/** A Postgres server behind a Unix socket. */
export interface SocketConnection {
  /** Folder that holds `.s.PGSQL.<port>`. */
  readonly socketFolder: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** How the connections name themselves in `pg_stat_activity`. */
  readonly applicationName: string;
}

/** How the database is reached, and with how many connections. */
export interface DataSourceOptions {
  /** `postgres://user:password@host:port/database`, or a socket. */
  readonly connection: string | SocketConnection;
  /** Connections of the pool. @default 12 */
  readonly poolSize?: number;
}

/**
 * The data source of the service, not initialised yet: `await source.initialize()`, then `await source.runMigrations()`.
 * The schema comes from the migrations only. A query that takes longer than 30 s is ended by the server; 5 s later by
 * the client, should the connection be dead without a word.
 */
export function createDataSource({ connection, poolSize = 12 }: DataSourceOptions): DataSource {
  const target =
    typeof connection === 'string'
      ? { url: connection, applicationName: 'retune' }
      : {
          host: connection.socketFolder,
          port: connection.port,
          username: connection.user,
          database: connection.database,
          applicationName: connection.applicationName,
        };
  return new DataSource({
    type: 'postgres',
    ...target,
    entities: [
      DatasetEntity,
      StudyEntity,
      TrialEntity,
      TrialReportEntity,
      TrajectoryPointEntity,
      FrontEntity,
      ExportEntity,
      WorkerEntity,
      StudyEventEntity,
    ],
    migrations,
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    // gen_random_uuid() is part of Postgres; no extension has to be installed.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolErrorHandler: () => undefined, // A lost idle connection is replaced by the pool.
    extra: {
      max: poolSize,
      // One connection stays however long nothing is asked: by it a shared embedded server knows that it is still used.
      min: 1,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      statement_timeout: 30_000,
      query_timeout: 35_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
}
