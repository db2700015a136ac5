import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { createDataSource, type SocketConnection } from '../create-data-source.js';
import { sharedServer, TEMPLATE } from './shared-server.js';

/** A database of its own for one test file. */
export interface TestDatabase {
  /** Initialised, every migration run. */
  readonly dataSource: DataSource;
  /** For further connections, or another process. */
  readonly connection: SocketConnection;
  /** Ends the connections and removes the database. */
  drop(): Promise<void>;
}

/** Options of `copyTemplateDatabase`. */
export interface TestDatabaseOptions {
  /** True: no migration has run. @default false */
  readonly empty?: boolean;
}

/**
 * Makes a database on the Postgres server of this test run, as a copy of a migrated template: some tens of milliseconds
 * after the first, which starts the server. The server ends with the run.
 */
export async function copyTemplateDatabase({ empty = false }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await sharedServer();
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdministrator(server, `CREATE DATABASE ${database} TEMPLATE ${empty ? 'template0' : TEMPLATE}`);
  const connection = { ...server, database };
  const dataSource = await createDataSource({ connection }).initialize();
  return {
    dataSource,
    connection,
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await asAdministrator(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    },
  };
}

async function asAdministrator(server: SocketConnection, statement: string): Promise<void> {
  const admin = await createDataSource({ connection: server, poolSize: 1 }).initialize();
  try {
    await admin.query(statement);
  } finally {
    await admin.destroy();
  }
}
