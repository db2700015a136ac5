import type { SearchStorage } from './ports/search-storage.js';
import type { WorkerRecord } from './worker-record.js';

/** Reads who works for the service. */
export class QueryWorkers {
  constructor(private readonly storage: SearchStorage) {}

  /** Workers that have asked for work, the last seen first, at most `limit`. */
  list(limit: number): Promise<readonly WorkerRecord[]> {
    return this.storage.workers.list(limit);
  }
}
