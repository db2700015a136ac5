import type {
  ClassCount,
  DatasetContent,
  DatasetRecord,
  DatasetRepository,
  DatasetRequest,
  DatasetState,
} from '#search';
import type { Query } from '../database.js';

interface DatasetRow {
  id: string;
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
  rejected: { path: string; reason: string }[];
  created_at: Date;
}

/** The books of datasets in Postgres. */
export class PostgresDatasetRepository implements DatasetRepository {
  constructor(private readonly query: Query) {}

  async insert({ name, path, validationFraction, seed }: DatasetRequest): Promise<DatasetRecord> {
    const [row] = await this.query<DatasetRow>(
      'INSERT INTO dataset (name, path, validation_fraction, seed) VALUES ($1, $2, $3, $4) RETURNING *',
      [name, path, validationFraction, seed],
    );
    return toDatasetRecord(row);
  }

  async find(id: string): Promise<DatasetRecord | null> {
    const [row] = await this.query<DatasetRow>('SELECT * FROM dataset WHERE id = $1', [id]);
    return row === undefined ? null : toDatasetRecord(row);
  }

  async list(): Promise<readonly DatasetRecord[]> {
    return (await this.query<DatasetRow>('SELECT * FROM dataset ORDER BY serial DESC')).map(toDatasetRecord);
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
    rejected: row.rejected,
    createdAt: row.created_at,
  };
}
