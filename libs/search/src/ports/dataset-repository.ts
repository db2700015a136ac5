import type { DatasetContent, DatasetRecord, DatasetRequest } from '../dataset.js';
import type { Page, PageRequest } from '../page.js';

/** Where the bookkeeping of datasets is kept; the pictures themselves lie in the artifact store. */
export interface DatasetRepository {
  /** Stores a dataset that is IMPORTING. */
  insert(request: DatasetRequest): Promise<DatasetRecord>;
  find(id: string): Promise<DatasetRecord | null>;
  /** The oldest that is READY with these contents. */
  findVersion(version: string): Promise<DatasetRecord | null>;
  /** Newest first, with a name only those called so; each names the first ten of its refused files. */
  list(request: PageRequest & { name?: string | undefined }): Promise<Page<DatasetRecord>>;
  /** All that are IMPORTING, oldest first. */
  importing(): Promise<readonly DatasetRecord[]>;
  setProgress(id: string, done: number, total: number | null): Promise<void>;
  /** IMPORTING → READY; false where it was not IMPORTING. */
  setReady(id: string, content: DatasetContent): Promise<boolean>;
  /** IMPORTING → FAILED; false where it was not IMPORTING. */
  setFailed(id: string, failure: string): Promise<boolean>;
  /** FAILED → IMPORTING, or IMPORTING again after a crash; the progress starts at 0. */
  restart(id: string): Promise<boolean>;
}
