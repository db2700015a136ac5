import { join } from 'node:path';
import { createDataSource, PostgresStorage, startEmbeddedPostgres } from '#persistence';
import type { SearchStorage } from '#search';
import type { Config } from './config.js';

/** The database of a service: reachable, with every migration run. */
export interface OpenDatabase {
  readonly storage: SearchStorage;
  /** Rejects where the database does not answer. */
  ping(): Promise<void>;
  /** Ends the connections, and the embedded server unless another process uses it. */
  close(): Promise<void>;
}

/**
 * Connects to `DATABASE_URL`, or starts Postgres in the data folder (or joins the one that runs there), and brings the
 * schema up to date.
 */
export async function openDatabase({ databaseUrl, dataFolder }: Config): Promise<OpenDatabase> {
  const embedded = databaseUrl === null ? await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres') }) : null;
  const source = createDataSource({ connection: embedded?.connection ?? (databaseUrl as string) });
  const close = async () => {
    if (source.isInitialized) await source.destroy();
    await embedded?.stop();
  };
  try {
    await source.initialize();
    await source.runMigrations();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    storage: new PostgresStorage(source),
    ping: async () => {
      await source.query('SELECT 1');
    },
    close,
  };
}
