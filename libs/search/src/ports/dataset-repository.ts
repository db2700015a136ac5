import type { DatasetContent, DatasetRecord, DatasetRequest } from '../dataset.js';

/** Where the bookkeeping of datasets is kept; the pictures themselves lie in the artifact store. */
export interface DatasetRepository {
  /** Stores a dataset that is IMPORTING. */
  insert(request: DatasetRequest): Promise<DatasetRecord>;
  find(id: string): Promise<DatasetRecord | null>;
  /** Newest first. */
  list(): Promise<readonly DatasetRecord[]>;
  setProgress(id: string, done: number, total: number | null): Promise<void>;
  /** IMPORTING → READY; false where it was not IMPORTING. */
  setReady(id: string, content: DatasetContent): Promise<boolean>;
  /** IMPORTING → FAILED; false where it was not IMPORTING. */
  setFailed(id: string, failure: string): Promise<boolean>;
  /** FAILED → IMPORTING, or IMPORTING again after a crash; the progress starts at 0. */
  restart(id: string): Promise<boolean>;
}
