import type {
  Constraint,
  ConstraintViolation,
  EpochReport,
  FailReason,
  Page,
  TrialDuration,
  TrialHistory,
  TrialListRequest,
  TrialMetrics,
  TrialParameters,
  TrialRecord,
  TrialRepository,
  TrialState,
} from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/trial.js';
import { encodeCursor } from './cursor.js';
import { type ReportRow, toEpochReport } from './report-row.js';
import { countFinishedStatement, sortColumn, trialListStatement } from './trial-list-sql.js';
import { type TrialRow, toMetrics, toTrialRecord } from './trial-row.js';

interface MetricsRow extends Record<string, unknown> {
  id: string;
  number: number;
  correct: number | null;
  validation_images: number | null;
}

interface HistoryRow extends MetricsRow {
  state: TrialState;
  params: TrialParameters;
  constraints: ConstraintViolation[];
  fail_reason: FailReason | null;
  epoch: number;
}

/** One point of the curve at the most. */
interface PointRow extends HistoryRow {
  curve_epoch: number | null;
  curve_accuracy: number | null;
}

/** The whole curve. */
interface CurveRow extends HistoryRow {
  curve_epochs: number[];
  curve_accuracies: number[];
}

interface DurationRow {
  number: number;
  state: TrialState;
  params: TrialParameters;
  epoch: number;
  seconds: number | null;
  from_epoch: number;
  reported_seconds: number;
  since_report_seconds: number;
  worker_id: string | null;
}

/** Trials in Postgres, as they are read. */
export class PostgresTrialRepository implements TrialRepository {
  constructor(private readonly query: Query) {}

  async find(studyId: string, number: number): Promise<TrialRecord | null> {
    const [row] = await this.query<TrialRow>(sql.FIND_TRIAL, [studyId, number]);
    return row === undefined ? null : toTrialRecord(row);
  }

  async findById(id: string): Promise<TrialRecord | null> {
    return (await this.findMany([id]))[0] ?? null;
  }

  async findMany(ids: readonly string[]): Promise<readonly TrialRecord[]> {
    if (ids.length === 0) return [];
    return (await this.query<TrialRow>(sql.FIND_TRIALS, [ids])).map(toTrialRecord);
  }

  async list(studyId: string, request: TrialListRequest): Promise<Page<TrialRecord>> {
    const { sql: statement, parameters } = trialListStatement(studyId, request);
    const rows = await this.query<TrialRow>(statement, parameters);
    const items = rows.slice(0, request.limit);
    const last = items.at(-1);
    if (rows.length <= request.limit || last === undefined)
      return { items: items.map(toTrialRecord), nextCursor: null };
    const value = last[sortColumn(request.sort)];
    const nextCursor = encodeCursor([value === null ? null : Number(value), last.number]);
    return { items: items.map(toTrialRecord), nextCursor };
  }

  async curve(trialId: string): Promise<readonly EpochReport[]> {
    return (await this.query<ReportRow>(sql.FIND_CURVE, [trialId])).map(toEpochReport);
  }

  async history(studyId: string): Promise<readonly TrialHistory[]> {
    return (await this.query<PointRow>(sql.FIND_HISTORY, [studyId])).map(withPoint);
  }

  async withCurves(studyId: string): Promise<readonly TrialHistory[]> {
    const rows = await this.query<CurveRow>(sql.FIND_WITH_CURVES, [studyId]);
    return rows.map((row) => {
      const curve = row.curve_epochs.map((epoch, index): [number, number] => [epoch, row.curve_accuracies[index]]);
      return toTrialHistory(row, curve);
    });
  }

  async finishedBefore(studyId: string, earlierStudyIds: readonly string[]): Promise<readonly TrialHistory[]> {
    return (await this.query<PointRow>(sql.FIND_FINISHED_BEFORE, [studyId, earlierStudyIds])).map(withPoint);
  }

  async completeAtEpoch(studyId: string, epoch: number): Promise<readonly TrialHistory[]> {
    return (await this.query<PointRow>(sql.FIND_COMPLETE_AT_EPOCH, [studyId, epoch])).map(withPoint);
  }

  async finished(studyId: string): Promise<readonly TrialMetrics[]> {
    return (await this.query<MetricsRow>(sql.FIND_FINISHED, [studyId])).map(toTrialMetrics);
  }

  async countFinished(studyId: string, constraints: readonly Constraint[]) {
    const { sql: statement, parameters } = countFinishedStatement(studyId, constraints);
    const [counts] = await this.query<{ considered: number; feasible: number }>(statement, parameters);
    return counts;
  }

  async durations(studyId: string, limit: number): Promise<readonly TrialDuration[]> {
    const rows = await this.query<DurationRow>(sql.FIND_DURATIONS, [studyId, limit]);
    return rows.map(({ params, from_epoch, reported_seconds, since_report_seconds, worker_id, ...row }) => ({
      ...row,
      parameters: params,
      fromEpoch: from_epoch,
      reportedSeconds: reported_seconds,
      sinceReportSeconds: since_report_seconds,
      workerId: worker_id,
    }));
  }
}

function toTrialMetrics(row: MetricsRow): TrialMetrics {
  const { id: trialId, number, correct, validation_images: validationImages } = row;
  return { trialId, number, metrics: toMetrics(row), correct, validationImages };
}

function withPoint(row: PointRow): TrialHistory {
  const { curve_epoch: epoch, curve_accuracy: accuracy } = row;
  return toTrialHistory(row, epoch === null || accuracy === null ? [] : [[epoch, accuracy]]);
}

function toTrialHistory(row: HistoryRow, curve: TrialHistory['curve']): TrialHistory {
  return {
    ...toTrialMetrics(row),
    state: row.state,
    parameters: row.params,
    constraints: row.constraints,
    failReason: row.fail_reason,
    epoch: row.epoch,
    curve,
  };
}
