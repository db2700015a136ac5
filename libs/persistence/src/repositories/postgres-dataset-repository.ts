import type {
  ClassCount,
  DatasetContent,
  DatasetRecord,
  DatasetRepository,
  DatasetRequest,
  DatasetState,
  Page,
  PageRequest,
} from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/dataset.js';
import { pageBySerial, serialParameters } from './page-by-serial.js';

interface DatasetRow {
  id: string;
  serial: string;
  name: string;
  path: string;
  validation_fraction: number;
  seed: string;
  state: DatasetState;
  progress_done: number;
  progress_total: number | null;
  failure: string | null;
  version: string | null;
  manifest_sha256: string | null;
  classes: ClassCount[];
  image_count: number;
  size_bytes: string;
  rejected_count: number;
  rejected: { path: string; reason: string }[];
  created_at: Date;
}

/** The books of datasets in Postgres. */
export class PostgresDatasetRepository implements DatasetRepository {
  constructor(private readonly query: Query) {}

  async insert({ name, path, validationFraction, seed }: DatasetRequest): Promise<DatasetRecord> {
    const [row] = await this.query<DatasetRow>(sql.INSERT_DATASET, [name, path, validationFraction, seed]);
    return toDatasetRecord(row);
  }

  async find(id: string): Promise<DatasetRecord | null> {
    const [row] = await this.query<DatasetRow>(sql.FIND_DATASET, [id]);
    return row === undefined ? null : toDatasetRecord(row);
  }

  async findVersion(version: string): Promise<DatasetRecord | null> {
    const [row] = await this.query<DatasetRow>(sql.FIND_DATASET_VERSION, [version]);
    return row === undefined ? null : toDatasetRecord(row);
  }

  async list({ name, ...request }: PageRequest & { name?: string }): Promise<Page<DatasetRecord>> {
    const rows = await this.query<DatasetRow>(sql.LIST_DATASETS, [name ?? null, ...serialParameters(request)]);
    return pageBySerial(rows, request.limit, toDatasetRecord);
  }

  async importing(): Promise<readonly DatasetRecord[]> {
    return (await this.query<DatasetRow>(sql.LIST_IMPORTING)).map(toDatasetRecord);
  }

  async setProgress(id: string, done: number, total: number | null): Promise<void> {
    await this.query(
      `UPDATE dataset SET progress_done = $2, progress_total = $3 WHERE id = $1 AND state = 'IMPORTING'`,
      [id, done, total],
    );
  }

  async setReady(id: string, content: DatasetContent): Promise<boolean> {
    const { version, manifestSha256, classes, imageCount, sizeBytes, rejected } = content;
    const rows = await this.query(
      `UPDATE dataset
          SET state = 'READY', failure = NULL, version = $2, manifest_sha256 = $3, classes = $4, image_count = $5,
              size_bytes = $6, rejected = $7, progress_done = coalesce(progress_total, progress_done)
        WHERE id = $1 AND state = 'IMPORTING' RETURNING id`,
      [id, version, manifestSha256, JSON.stringify(classes), imageCount, sizeBytes, JSON.stringify(rejected)],
    );
    return rows.length > 0;
  }

  async setFailed(id: string, failure: string): Promise<boolean> {
    const rows = await this.query(
      `UPDATE dataset SET state = 'FAILED', failure = $2 WHERE id = $1 AND state = 'IMPORTING' RETURNING id`,
      [id, failure],
    );
    return rows.length > 0;
  }

  async restart(id: string): Promise<boolean> {
    const rows = await this.query(
      `UPDATE dataset SET state = 'IMPORTING', failure = NULL, progress_done = 0, progress_total = NULL
        WHERE id = $1 AND state IN ('IMPORTING', 'FAILED') RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }
}

function toDatasetRecord(row: DatasetRow): DatasetRecord {
  return {
    id: row.id,
    name: row.name,
    path: row.path,
    validationFraction: row.validation_fraction,
    seed: Number(row.seed),
    state: row.state,
    progress: { done: row.progress_done, total: row.progress_total },
    failure: row.failure,
    version: row.version,
    manifestSha256: row.manifest_sha256,
    classes: row.classes,
    imageCount: row.image_count,
    sizeBytes: Number(row.size_bytes),
    rejectedCount: row.rejected_count,
    rejected: row.rejected,
    createdAt: row.created_at,
  };
}
