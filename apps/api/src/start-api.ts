import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ArtifactStore } from '#artifacts';
import { importedWeightsFolder, weightsAtHand } from '#model-zoo';
import { hashSeed, Rng, systemClock } from '#primitives';
import { createUseCases } from '#search';
import { ZooCatalog } from './architectures/zoo-catalog.js';
import { CheckpointBlobs } from './checkpoint-blobs.js';
import type { Config } from './config.js';
import { createApp } from './create-app.js';
import { DatasetImporter } from './datasets/dataset-importer.js';
import { HealthCheck } from './health/health-check.js';
import { JsonLogger } from './json-logger.js';
import { type OpenDatabase, openDatabase } from './open-database.js';
import { Reaper } from './reaper.js';
import { serviceVersion } from './service-version.js';
import { StorageSweeper } from './storage-sweeper.js';
import { workerToken } from './worker-token.js';

/** A service that listens. */
export interface RunningApi {
  /** E.g. `http://127.0.0.1:4680`. */
  readonly url: string;
  /** What workers must show. */
  readonly workerToken: string;
  /** Resolves when no dataset is being imported. */
  importsDone(): Promise<void>;
  /** Ends event streams, imports and sweeps, then the connections, and the database unless another process uses it. */
  close(): Promise<void>;
}

/**
 * Opens everything a service needs, listens, and goes on with what an earlier process left unfinished. What was opened
 * is closed again when a later step fails.
 *
 * @param open Where the database comes from; a test brings its own.
 */
export async function startApi(
  config: Config,
  open: (config: Config) => Promise<OpenDatabase> = openDatabase,
): Promise<RunningApi> {
  const database = await open(config);
  try {
    return await listen(config, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function listen(config: Config, database: OpenDatabase): Promise<RunningApi> {
  const { storage } = database;
  const version = serviceVersion();
  const token = await workerToken(config.dataFolder, config.workerToken);
  const artifacts = new ArtifactStore(join(config.dataFolder, 'artifacts'));
  const architectures = new ZooCatalog(() => weightsAtHand({ imported: importedWeightsFolder(config.dataFolder) }));
  const { leaseSeconds, heartbeatSeconds, checkpointBytes } = config;
  const leases = { leaseSeconds, heartbeatSeconds };
  const logger = new JsonLogger(config.logLevel);
  const onFailedAsk = (studyId: string, error: unknown) => {
    const stack = error instanceof Error ? error.stack : String(error);
    logger.error('The sampler of a study failed: it makes no trials', stack, { studyId }, 'search');
  };
  const useCases = createUseCases(storage, {
    clock: systemClock,
    architectures,
    leases,
    blobs: new CheckpointBlobs(artifacts, systemClock),
    checkpointBytes,
    onFailedAsk,
  });
  const random = new Rng(hashSeed(systemClock.now() >>> 0, process.pid));
  const reaper = new Reaper(useCases.reapLeases, systemClock, random, config.reapSeconds);
  const sweeper = new StorageSweeper(useCases.sweepStorage, systemClock);
  const health = new HealthCheck(() => database.ping(), reaper, version);
  const parts = { config, useCases, artifacts, architectures, health, workerToken: token };
  const app = await createApp(parts, version, logger);
  await app.listen(config.port, config.host);
  const importer = app.get(DatasetImporter);
  await importer.resumeUnfinished();
  reaper.start();
  sweeper.start();
  return {
    url: reachableUrl(app.getHttpServer().address() as AddressInfo),
    workerToken: token,
    importsDone: () => importer.idle(),
    close: async () => {
      await Promise.all([app.close(), reaper.stop(), sweeper.stop()]);
      await database.close();
    },
  };
}

/** Where the listener can be reached from this machine: one on every address is reached on loopback. */
function reachableUrl({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
