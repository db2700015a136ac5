import type {
  Assessment,
  EpochReport,
  Heartbeat,
  LeaseRequest,
  NewTrial,
  ReapedTrial,
  ReportResult,
  Sign,
  TrialOutcome,
  TrialParameters,
  TrialProfile,
  TrialQueue,
  TrialRecord,
} from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/trial-lease.js';
import { type ReportRow, toEpochReport } from './report-row.js';
import { type TrialRow, toTrialRecord } from './trial-row.js';

interface HeartbeatRow {
  lease_until: Date;
  cancel: boolean;
}

/** The queue of trials in Postgres. */
export class PostgresTrialQueue implements TrialQueue {
  constructor(private readonly query: Query) {}

  async findClaim(workerId: string, claimRequestId: string): Promise<TrialRecord | null> {
    const [row] = await this.query<TrialRow>(sql.FIND_CLAIM, [workerId, claimRequestId]);
    return row === undefined ? null : toTrialRecord(row);
  }

  async claimWaiting(
    studyId: string,
    lease: LeaseRequest,
    leaveOut: readonly string[] = [],
  ): Promise<TrialRecord | null> {
    const { workerId, claimRequestId, device, leaseSeconds } = lease;
    const parameters = [workerId, claimRequestId, leaseSeconds, device.class, device.name, studyId, leaveOut];
    const [row] = await this.query<TrialRow>(sql.CLAIM_WAITING, parameters);
    return row === undefined ? null : toTrialRecord(row);
  }

  async nextWaiting(studyId: string, leftOut: readonly string[]): Promise<TrialParameters | null> {
    const [row] = await this.query<{ params: TrialParameters }>(sql.NEXT_WAITING, [studyId, leftOut]);
    return row?.params ?? null;
  }

  async enqueue(trials: readonly NewTrial[]): Promise<void> {
    await this.query(sql.ENQUEUE, [JSON.stringify(trials)]);
  }

  async insertClaimed(trial: NewTrial, lease: LeaseRequest): Promise<TrialRecord> {
    const { studyId, number, parameters, seed, maxAttempts, priority, userAttrs = {} } = trial;
    const { workerId, claimRequestId, leaseSeconds, device } = lease;
    const [row] = await this.query<TrialRow>(sql.INSERT_CLAIMED, [
      ...[studyId, number, JSON.stringify(parameters), seed, maxAttempts, priority],
      ...[workerId, claimRequestId, leaseSeconds, device.class, device.name, JSON.stringify(userAttrs)],
    ]);
    return toTrialRecord(row);
  }

  async insertPruned(
    { studyId, number, parameters, seed, maxAttempts, priority, userAttrs = {} }: NewTrial,
    { measures, latencyDevice }: TrialProfile,
    { constraints }: Assessment,
    reason: string,
  ): Promise<TrialRecord> {
    const [row] = await this.query<TrialRow>(sql.INSERT_PRUNED, [
      ...[studyId, number, JSON.stringify(parameters), seed, maxAttempts, priority],
      ...[JSON.stringify(measures), JSON.stringify(constraints), reason],
      ...[latencyDevice?.class ?? null, latencyDevice?.name ?? null, JSON.stringify(userAttrs)],
    ]);
    return toTrialRecord(row);
  }

  async pruneWaiting(
    studyId: string,
    architecture: string,
    { measures, latencyDevice }: TrialProfile,
    { constraints }: Assessment,
    reason: string,
  ): Promise<readonly number[]> {
    const rows = await this.query<{ number: number }>(sql.PRUNE_WAITING, [
      ...[studyId, architecture, JSON.stringify(measures), JSON.stringify(constraints), reason],
      ...[latencyDevice?.class ?? null, latencyDevice?.name ?? null],
    ]);
    return rows.map(({ number }) => number).sort((a, b) => a - b);
  }

  async heartbeat(trialId: string, attempt: number, leaseSeconds: number): Promise<Heartbeat | null> {
    const [row] = await this.query<HeartbeatRow>(sql.HEARTBEAT, [trialId, attempt, leaseSeconds]);
    return row === undefined ? null : { leaseUntil: row.lease_until, cancel: row.cancel };
  }

  async recordProfile(
    trialId: string,
    attempt: number,
    { measures, latencyDevice }: TrialProfile,
    { constraints, feasible }: Assessment,
    leaseSeconds: number,
  ): Promise<Sign | null> {
    const [row] = await this.query<HeartbeatRow & { over_budget: boolean }>(sql.RECORD_PROFILE, [
      ...[trialId, attempt, leaseSeconds],
      ...[JSON.stringify(measures), JSON.stringify(constraints), feasible],
      ...[latencyDevice?.class ?? null, latencyDevice?.name ?? null],
    ]);
    if (row === undefined) return null;
    return { leaseUntil: row.lease_until, cancel: row.cancel, overBudget: row.over_budget };
  }

  async recordReport(
    trialId: string,
    attempt: number,
    report: EpochReport,
    leaseSeconds: number,
  ): Promise<ReportResult> {
    const { epoch, trainLoss, validationLoss, accuracy, trainSeconds, evaluationSeconds } = report;
    const [row] = await this.query<TrialRow & { added: boolean; cancel: boolean; over_budget: boolean }>(
      sql.RECORD_REPORT,
      [
        ...[trialId, attempt, leaseSeconds, epoch],
        ...[trainLoss, validationLoss, accuracy, trainSeconds, evaluationSeconds],
      ],
    );
    if (row === undefined) return { status: 'lost' };
    const { cancel, over_budget: overBudget } = row;
    if (row.added) {
      const [advanced] = await this.query<TrialRow>(sql.ADVANCE_EPOCH, [
        ...[trialId, attempt, epoch, accuracy, validationLoss],
      ]);
      return { status: 'recorded', trial: toTrialRecord(advanced ?? row), cancel, overBudget };
    }
    const [known] = await this.query<ReportRow>(sql.FIND_REPORT, [trialId, attempt, epoch]);
    const same = Object.entries(toEpochReport(known)).every(
      ([key, value]) => report[key as keyof EpochReport] === value,
    );
    return same ? { status: 'repeated', trial: toTrialRecord(row), cancel, overBudget } : { status: 'conflict' };
  }

  async finish(
    trialId: string,
    attempt: number,
    outcome: TrialOutcome,
    { constraints, feasible }: Assessment,
    digest: string,
  ): Promise<'recorded' | 'repeated' | 'lost'> {
    const complete = outcome.state === 'COMPLETE' ? outcome : null;
    const failed = outcome.state === 'FAIL' ? outcome : null;
    const finished = await this.query(sql.FINISH, [
      ...[trialId, attempt, outcome.state, digest],
      ...[JSON.stringify(outcome.measures), JSON.stringify(constraints), feasible],
      ...[outcome.state === 'PRUNED' ? outcome.reason : null, failed?.failReason ?? null, failed?.message ?? null],
      ...[
        complete?.checkpoint.sha256 ?? null,
        complete?.checkpoint.bytes ?? null,
        complete?.initialStateSha256 ?? null,
      ],
      ...[complete?.weights?.name ?? null, complete?.weights?.sha256 ?? null],
    ]);
    if (finished.length > 0) return 'recorded';
    const alike = await this.query(sql.IS_FINISHED_ALIKE, [trialId, attempt, digest]);
    return alike.length > 0 ? 'repeated' : 'lost';
  }

  async release(trialId: string, attempt: number): Promise<{ studyId: string; number: number } | null> {
    const [row] = await this.query<{ study_id: string; number: number }>(sql.RELEASE, [trialId, attempt]);
    return row === undefined ? null : { studyId: row.study_id, number: row.number };
  }

  async studiesWithExpiredLeases(limit: number): Promise<readonly string[]> {
    const rows = await this.query<{ study_id: string }>(sql.STUDIES_WITH_EXPIRED_LEASES, [limit]);
    return rows.map(({ study_id }) => study_id);
  }

  async reap(studyId: string, limit: number): Promise<readonly ReapedTrial[]> {
    type Row = Pick<ReapedTrial, 'number' | 'state'> & { id: string; fail_reason: ReapedTrial['failReason'] };
    const rows = await this.query<Row>(sql.REAP, [studyId, limit]);
    return rows
      .map(({ id, number, state, fail_reason }) => ({ trialId: id, number, state, failReason: fail_reason }))
      .sort((a, b) => a.number - b.number);
  }

  async cancelWaiting(studyId: string, message: string, which: 'unbegun' | 'all'): Promise<readonly number[]> {
    const rows = await this.query<{ number: number }>(sql.CANCEL_WAITING, [studyId, message, which === 'all']);
    return rows.map(({ number }) => number).sort((a, b) => a - b);
  }
}
