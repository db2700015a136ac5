import type {
  ExportFile,
  ExportOutcome,
  ExportRecord,
  ExportRepository,
  ExportState,
  ExportVerification,
  Heartbeat,
  LeaseRequest,
  Page,
  PageRequest,
  ReapedExport,
} from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/export-lease.js';
import { pageBySerial, serialParameters } from './page-by-serial.js';

interface ExportRow {
  id: string;
  serial: string;
  study_id: string;
  trial_id: string;
  trial_number: number;
  state: ExportState;
  attempt: number;
  worker_id: string | null;
  failure: string | null;
  verification: ExportVerification | null;
  files: ExportFile[];
  zip_sha256: string | null;
  zip_bytes: string | null;
  created_at: Date;
  finished_at: Date | null;
}

/** Exports and their queue in Postgres. */
export class PostgresExportRepository implements ExportRepository {
  constructor(private readonly query: Query) {}

  async insert(studyId: string, trialId: string): Promise<ExportRecord> {
    return (await this.#one(sql.INSERT_EXPORT, [studyId, trialId])) as ExportRecord;
  }

  find(id: string): Promise<ExportRecord | null> {
    return this.#one(sql.FIND_EXPORT, [id]);
  }

  async list(studyId: string, request: PageRequest): Promise<Page<ExportRecord>> {
    const rows = await this.query<ExportRow>(sql.LIST_EXPORTS, [studyId, ...serialParameters(request)]);
    return pageBySerial(rows, request.limit, toExportRecord);
  }

  findClaim(workerId: string, claimRequestId: string): Promise<ExportRecord | null> {
    return this.#one(sql.FIND_EXPORT_CLAIM, [workerId, claimRequestId]);
  }

  claimWaiting({ workerId, claimRequestId, leaseSeconds, device }: LeaseRequest): Promise<ExportRecord | null> {
    return this.#one(sql.CLAIM_EXPORT, [workerId, claimRequestId, leaseSeconds, device.class]);
  }

  async heartbeat(exportId: string, attempt: number, leaseSeconds: number): Promise<Heartbeat | null> {
    type Row = { lease_until: Date; cancel: boolean };
    const [row] = await this.query<Row>(sql.HEARTBEAT_EXPORT, [exportId, attempt, leaseSeconds]);
    return row === undefined ? null : { leaseUntil: row.lease_until, cancel: row.cancel };
  }

  async finish(
    exportId: string,
    attempt: number,
    outcome: ExportOutcome,
    digest: string,
  ): Promise<'recorded' | 'repeated' | 'lost'> {
    const ready = outcome.state === 'READY' ? outcome : null;
    const finished = await this.query(sql.FINISH_EXPORT, [
      ...[exportId, attempt, outcome.state, digest, outcome.state === 'FAILED' ? outcome.message : null],
      ...[ready && JSON.stringify(ready.verification), JSON.stringify(ready?.files ?? [])],
      ...[ready?.zip.sha256 ?? null, ready?.zip.bytes ?? null],
    ]);
    if (finished.length > 0) return 'recorded';
    const alike = await this.query(sql.IS_EXPORT_FINISHED_ALIKE, [exportId, attempt, digest]);
    return alike.length > 0 ? 'repeated' : 'lost';
  }

  async durations(limit: number): Promise<readonly number[]> {
    return (await this.query<{ seconds: number }>(sql.EXPORT_DURATIONS, [limit])).map(({ seconds }) => seconds);
  }

  async release(exportId: string, attempt: number): Promise<{ studyId: string } | null> {
    const [row] = await this.query<{ study_id: string }>(sql.RELEASE_EXPORT, [exportId, attempt]);
    return row === undefined ? null : { studyId: row.study_id };
  }

  async reap(limit: number): Promise<readonly ReapedExport[]> {
    type Row = { id: string; study_id: string; state: 'WAITING' | 'FAILED' };
    const rows = await this.query<Row>(sql.REAP_EXPORTS, [limit]);
    return rows.map(({ id, study_id, state }) => ({ exportId: id, studyId: study_id, state }));
  }

  async #one(statement: string, parameters: readonly unknown[]): Promise<ExportRecord | null> {
    const [row] = await this.query<ExportRow>(statement, parameters);
    return row === undefined ? null : toExportRecord(row);
  }
}

function toExportRecord(row: ExportRow): ExportRecord {
  return {
    id: row.id,
    studyId: row.study_id,
    trialId: row.trial_id,
    trialNumber: row.trial_number,
    state: row.state,
    attempt: row.attempt,
    workerId: row.worker_id,
    failure: row.failure,
    verification: row.verification,
    files: row.files,
    zip: row.zip_sha256 === null ? null : { sha256: row.zip_sha256, bytes: Number(row.zip_bytes) },
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
