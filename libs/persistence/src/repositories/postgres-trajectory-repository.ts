import type {
  Continuation,
  ContinueRequest,
  EpochReport,
  Eviction,
  NewTrajectoryPoint,
  PointMeasures,
  StorageUsage,
  StoredBlobs,
  TrajectoryPoint,
  TrajectoryRepository,
} from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/trajectory.js';
import { type TrialRow, toTrialRecord } from './trial-row.js';

/** A row of `trajectory_point`; bigint columns are text. */
interface PointRow {
  epoch: number;
  checkpoint_sha256: string;
  checkpoint_bytes: string;
  slots_sha256: string | null;
  slots_bytes: string | null;
  initial_state_sha256: string;
  measures: PointMeasures;
  reports: EpochReport[];
}

type ContinuedRow = TrialRow & { continued_from: number | null };

/** Trainings on record in Postgres. */
export class PostgresTrajectoryRepository implements TrajectoryRepository {
  constructor(private readonly query: Query) {}

  async grant(
    trialId: string,
    attempt: number,
    { trajectory, unusable }: ContinueRequest,
    leaseSeconds: number,
  ): Promise<Continuation> {
    const [row] = await this.query<ContinuedRow>(sql.NOTE_TRAJECTORY, [trialId, attempt, leaseSeconds, trajectory]);
    if (row === undefined) return { status: 'lost' };
    if (row.epoch > (row.continued_from ?? 0)) return { status: 'reported', epoch: row.epoch };
    if (unusable !== undefined) await this.query(sql.FORGET_POINT, [trajectory, unusable, trialId]);
    const { epochs } = row.params;
    const [taken] = await this.query<PointRow>(sql.TAKE_POINT, [trajectory, epochs]);
    const point = taken === undefined ? null : toPoint(taken);
    await this.query(sql.CLEAR_REPORTS, [trialId, attempt]);
    if (point) await this.query(sql.COPY_REPORTS, [trialId, attempt, JSON.stringify(point.reports)]);
    const last = point?.reports.at(-1);
    const shown = [last?.accuracy ?? null, last?.validationLoss ?? null];
    const [trial] = await this.query<TrialRow>(sql.SET_CONTINUED, [trialId, point?.epoch ?? null, ...shown]);
    return { status: 'granted', trial: toTrialRecord(trial), point };
  }

  async record(
    trialId: string,
    { checkpoint, slots, initialStateSha256, measures }: NewTrajectoryPoint,
  ): Promise<void> {
    await this.query(sql.RECORD_POINT, [
      ...[trialId, checkpoint.sha256, checkpoint.bytes, slots.sha256, slots.bytes, initialStateSha256],
      ...[JSON.stringify(measures), measures.trainSeconds + measures.evaluationSeconds],
    ]);
  }

  async dropSuperseded(trialId: string): Promise<void> {
    await this.query(sql.DROP_SUPERSEDED, [trialId]);
  }

  async dropOfTrial(trialId: string): Promise<void> {
    await this.query(sql.DROP_OF_TRIAL, [trialId]);
  }

  async dropLosers(studyId: string): Promise<void> {
    await this.query(sql.DROP_LOSERS, [studyId]);
  }

  async evict(limitBytes: number): Promise<Eviction> {
    const resumeStates = await this.#evict(sql.EVICT_POINTS, limitBytes);
    // Checkpoints only once no state to go on from is left to take.
    const checkpoints = resumeStates > 0 ? 0 : await this.#evict(sql.EVICT_CHECKPOINTS, limitBytes);
    return { resumeStates, checkpoints };
  }

  async referred(sha256s: readonly string[]): Promise<readonly string[]> {
    const rows = await this.query<{ sha256: string }>(sql.REFERRED, [sha256s]);
    return rows.map(({ sha256 }) => sha256);
  }

  async usage(): Promise<StorageUsage> {
    const rows = await this.query<StoredBlobs & { kind: keyof StorageUsage }>(sql.USAGE);
    const of = (kind: keyof StorageUsage): StoredBlobs => {
      const { bytes = 0, count = 0 } = rows.find((row) => row.kind === kind) ?? {};
      return { bytes, count };
    };
    return {
      checkpoints: of('checkpoints'),
      resumeStates: of('resumeStates'),
      exports: of('exports'),
      pictures: of('pictures'),
    };
  }

  async #evict(statement: string, limitBytes: number): Promise<number> {
    const [{ bytes }] = await this.query<{ bytes: number }>(sql.HELD_BYTES);
    if (bytes <= limitBytes) return 0;
    const [{ dropped }] = await this.query<{ dropped: number }>(statement, [bytes - limitBytes]);
    return dropped;
  }
}

function toPoint(row: PointRow): TrajectoryPoint {
  const { slots_sha256: slots, slots_bytes: slotsBytes } = row;
  return {
    epoch: row.epoch,
    checkpoint: { sha256: row.checkpoint_sha256, bytes: Number(row.checkpoint_bytes) },
    slots: slots === null ? null : { sha256: slots, bytes: Number(slotsBytes) },
    initialStateSha256: row.initial_state_sha256,
    measures: row.measures,
    reports: row.reports,
  };
}
