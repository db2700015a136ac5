import { realpath, stat } from 'node:fs/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ArtifactStore } from '#artifacts';
import { countImages, importFolder, isInsideOne, serializeManifest, versionHash } from '#dataset';
import { DomainError, InvalidInputError } from '#primitives';
import type { DatasetRecord, DatasetRequest, ImportDataset } from '#search';

/** The least time between two notes of the progress, ms: an import of many pictures must not drown the database. */
const progressPauseMs = 250;

/** Options of the imports of one service. */
export interface DatasetImporterOptions {
  /** Folders one of which must hold a dataset; null: any folder. */
  readonly allowedRoots: readonly string[] | null;
}

/**
 * Imports folders one after the other in the background. Pictures are decoded in child processes, so nothing hostile is
 * read in this one. An import that was cut off with the process begins anew at the next start.
 */
export class DatasetImporter implements OnApplicationShutdown {
  readonly #log = new Logger('datasets');
  readonly #stop = new AbortController();
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly datasets: ImportDataset,
    private readonly artifacts: ArtifactStore,
    private readonly options: DatasetImporterOptions,
  ) {}

  /**
   * Notes a dataset, IMPORTING, and begins its import when those before it are done.
   *
   * @throws {InvalidInputError} naming `path` where it is no folder that can be read, or outside the allowed ones: the
   *   answer is then the same whether there is such a folder or not.
   */
  async begin(request: DatasetRequest): Promise<DatasetRecord> {
    await assertFolder(request.path, this.options.allowedRoots);
    const record = await this.datasets.begin(request);
    this.#enqueue(record);
    return record;
  }

  /** Begins again what an earlier process left unfinished. */
  async resumeUnfinished(): Promise<void> {
    for (const record of await this.datasets.unfinished()) {
      this.#log.warn('import begins anew: the process that ran it has ended', { datasetId: record.id });
      this.#enqueue(await this.datasets.restart(record.id));
    }
  }

  /** Ends the import that is under way; it stays IMPORTING and begins anew at the next start. */
  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort(new Error('the service is stopping'));
    await this.#queue;
  }

  /** Resolves when nothing is being imported. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  #enqueue(record: DatasetRecord): void {
    this.#queue = this.#queue.then(() => this.#import(record)).catch((error) => this.#log.error(error));
  }

  async #import(record: DatasetRecord): Promise<void> {
    if (this.#stop.signal.aborted) return;
    try {
      const manifest = await importFolder({
        folder: record.path,
        name: record.name,
        validationFraction: record.validationFraction,
        seed: record.seed,
        blobs: this.artifacts,
        signal: this.#stop.signal,
        onProgress: this.#progressOf(record.id),
        ...(this.options.allowedRoots && { allowedRoots: this.options.allowedRoots }),
      });
      const { sha256: manifestSha256 } = await this.artifacts.put(Buffer.from(serializeManifest(manifest)));
      await this.datasets.finish(record.id, {
        version: versionHash(manifest),
        manifestSha256,
        classes: countImages(manifest),
        imageCount: manifest.images.length,
        sizeBytes: manifest.images.reduce((total, image) => total + image.bytes, 0),
        rejected: manifest.rejected,
      });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      await this.#fail(record, error);
    }
  }

  async #fail(record: DatasetRecord, error: unknown): Promise<void> {
    const foreseen = error instanceof DomainError;
    if (!foreseen)
      this.#log.error('import failed', error instanceof Error ? error.stack : String(error), { datasetId: record.id });
    await this.datasets.fail(
      record.id,
      foreseen ? error.message : `The import failed unexpectedly; the log has it under ${record.id}.`,
    );
  }

  /** Notes the progress at most every 250 ms; a note that is lost does no harm. */
  #progressOf(id: string): (done: number, total: number) => void {
    let notedMs = Number.NEGATIVE_INFINITY;
    return (done, total) => {
      if (done < total && performance.now() - notedMs < progressPauseMs) return;
      notedMs = performance.now();
      this.datasets.progress(id, done, total).catch((error) => this.#log.warn(String(error), { datasetId: id }));
    };
  }
}

async function assertFolder(path: string, allowedRoots: readonly string[] | null): Promise<void> {
  const refuse = (allowed: string) => new InvalidInputError([{ field: 'path', value: path, allowed }]);
  const real = await realpath(path).catch(() => null);
  if (allowedRoots !== null && (real === null || !(await isInsideOne(real, allowedRoots)))) {
    throw refuse(`a folder inside ${allowedRoots.join(' or ')} that exists and can be read`);
  }
  const found = real === null ? null : await stat(real).catch(() => null);
  if (found?.isDirectory()) return;
  throw refuse(found ? 'a folder (this is a file)' : 'the absolute path of a folder that exists and can be read');
}
