import { NotFoundError } from '#primitives';
import type { DatasetContent, DatasetRecord, DatasetRequest } from './dataset.js';
import type { Page, PageRequest } from './page.js';
import type { SearchStorage } from './ports/search-storage.js';

/** Keeps the books of dataset imports; reading the pictures is the caller's work. */
export class ImportDataset {
  constructor(private readonly storage: SearchStorage) {}

  /** Notes a new dataset, IMPORTING. */
  begin(request: DatasetRequest): Promise<DatasetRecord> {
    return this.storage.datasets.insert(request);
  }

  /** Images looked at so far, and how many there are where that is known. Ignored once the import has ended. */
  progress(id: string, done: number, total: number | null): Promise<void> {
    return this.storage.datasets.setProgress(id, done, total);
  }

  /** Ends an import with what it found; an import that has ended already keeps its first end. */
  async finish(id: string, content: DatasetContent): Promise<DatasetRecord> {
    await this.storage.datasets.setReady(id, content);
    return this.show(id);
  }

  /** Ends an import with the reason why it failed; an import that has ended already keeps its first end. */
  async fail(id: string, reason: string): Promise<DatasetRecord> {
    await this.storage.datasets.setFailed(id, reason);
    return this.show(id);
  }

  /** Begins an import anew: one that failed, or one that was cut off with the process. */
  async restart(id: string): Promise<DatasetRecord> {
    await this.storage.datasets.restart(id);
    return this.show(id);
  }

  /** Imports that are IMPORTING; at the start of the only importing process they are those that a crash cut off. */
  unfinished(): Promise<readonly DatasetRecord[]> {
    return this.storage.datasets.importing();
  }

  /** @throws {NotFoundError} if there is no such dataset. */
  async show(id: string): Promise<DatasetRecord> {
    const dataset = await this.storage.datasets.find(id);
    if (dataset === null) throw new NotFoundError('dataset', id);
    return dataset;
  }

  /** Newest first, with a name only those called so; each names the first ten of its refused files. */
  list(request: PageRequest & { name?: string | undefined }): Promise<Page<DatasetRecord>> {
    return this.storage.datasets.list(request);
  }
}
