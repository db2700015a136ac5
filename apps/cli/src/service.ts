import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ChildProcess } from './child-process.js';
import { DataFolderLock } from './data-folder-lock.js';
import { endDatabase } from './embedded-database.js';
import { exitCode } from './exit-code.js';
import { repository } from './repository.js';

/** How the service is started. */
export interface ServiceOptions {
  /** Absolute path. */
  readonly dataFolder: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly worker: boolean;
  /** Of the worker, as its `--devices`. @default RETUNE_DEVICES, else auto */
  readonly devices?: string;
  readonly signal: AbortSignal;
}

/** How long a process may take to stop cleanly, ms. */
const workerGraceMs = 5_000;
const apiGraceMs = 12_000;
/** A worker that ended by itself is started again after this time, ms. */
const workerRestartMs = 1_000;
/** A worker that ends sooner than this has not worked, ms; after so many of them in a row the service gives up. */
const workerLifeMs = 10_000;
const workerTries = 3;

/** API, embedded Postgres and one local worker as children of this process, with their logs in the data folder. */
export class Service {
  private worker: ChildProcess | undefined;
  private stopping = false;
  private uselessWorkers = 0;
  private giveUp!: (reason: Error) => void;
  private readonly givenUp = new Promise<Error>((resolve) => {
    this.giveUp = resolve;
  });

  private constructor(
    private readonly options: ServiceOptions,
    private readonly lock: DataFolderLock,
    private readonly api: ChildProcess,
    /** Where the API listens. */
    readonly url: string,
  ) {}

  /**
   * Starts everything and returns when the API listens. What was started is stopped again when that fails.
   *
   * @throws {CliError} when the folder is in use, or the API ends before it listens.
   */
  static async start(options: ServiceOptions): Promise<Service> {
    const { dataFolder, host, port, signal } = options;
    mkdirSync(dataFolder, { recursive: true });
    const lock = await DataFolderLock.take(dataFolder, signal);
    const api = new ChildProcess({
      name: 'API',
      entry: repository.apiEntry,
      args: [],
      env: { HOST: host, PORT: String(port), RETUNE_DATA: dataFolder },
      logFile: join(dataFolder, 'logs', 'api.log'),
    });
    lock.addChild(api.pid);
    try {
      const url = await api.message(listeningUrl, signal);
      const service = new Service(options, lock, api, url);
      if (options.worker) service.startWorker();
      return service;
    } catch (error) {
      await stopApi(api, dataFolder);
      lock.release();
      throw error;
    }
  }

  /** Resolves with the reason when the API ends without being told to, or no worker stays up. */
  async failed(): Promise<Error> {
    const reason = await Promise.race([this.api.ended.then(() => this.api.failure()), this.givenUp]);
    // Ctrl-C in a terminal reaches the children as well.
    return this.options.signal.aborted ? (this.options.signal.reason as Error) : reason;
  }

  /** Stops the worker first (it gives its trial back), then the API, which stops the database. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.worker?.stop(workerGraceMs);
    await stopApi(this.api, this.options.dataFolder);
    this.lock.release();
  }

  private startWorker(): void {
    const { dataFolder, devices } = this.options;
    const chosen = devices === undefined ? [] : ['--devices', devices];
    const worker = new ChildProcess({
      name: 'worker',
      entry: repository.workerEntry,
      args: ['run', '--api', this.url, '--data', dataFolder, '--json', ...chosen],
      logFile: join(dataFolder, 'logs', 'worker.log'),
    });
    this.worker = worker;
    this.lock.addChild(worker.pid);
    const startedMs = performance.now();
    void worker.ended.then(({ code }) => {
      if (this.stopping) return;
      if (code === exitCode.badInput) return this.giveUp(worker.failure());
      this.uselessWorkers = performance.now() - startedMs < workerLifeMs ? this.uselessWorkers + 1 : 0;
      if (this.uselessWorkers >= workerTries) this.giveUp(worker.failure());
      else setTimeout(() => !this.stopping && this.startWorker(), workerRestartMs).unref();
    });
  }
}

/** Stops the API, and its database where it could not do that itself. */
async function stopApi(api: ChildProcess, dataFolder: string): Promise<void> {
  await api.stop(apiGraceMs);
  if ((await api.ended).code !== 0) await endDatabase(dataFolder);
}

function listeningUrl(message: unknown): string | undefined {
  const { event, url } = (message ?? {}) as { event?: unknown; url?: unknown };
  return event === 'listening' && typeof url === 'string' ? url : undefined;
}
