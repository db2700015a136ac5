export { createDataSource, type DataSourceOptions, type SocketConnection } from './create-data-source.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export { EmbeddedPostgresError } from './embedded/embedded-postgres-error.js';
export { PostgresStorage } from './postgres-storage.js';
