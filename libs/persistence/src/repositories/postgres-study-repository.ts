import type { Page, PageRequest, StudyRecord, StudyRepository, StudySpec, StudyState } from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/study.js';
import { pageBySerial, serialParameters } from './page-by-serial.js';

interface StudyRow {
  id: string;
  serial: string;
  state: StudyState;
  spec: StudySpec;
  dataset_name: string;
  counts: Partial<StudyRecord['counts']> | null;
  cancelled: number;
  trial_limit: number;
  best_trial_number: number | null;
  timed_out: boolean;
  over_budget: boolean;
  ends_at: Date | null;
  reserve_seconds: number;
  spent: number;
  read_at: Date;
  created_at: Date;
  finished_at: Date | null;
}

/** Studies in Postgres. */
export class PostgresStudyRepository implements StudyRepository {
  constructor(private readonly query: Query) {}

  async insert(spec: StudySpec, reserveSeconds: number): Promise<string> {
    const { name, datasetId, trials, timeoutSeconds, budget = {} } = spec;
    const parameters = [
      ...[name, datasetId, JSON.stringify(spec), trials, timeoutSeconds],
      ...[budget.wallClockSeconds ?? null, budget.deadline ?? null, reserveSeconds, budget.trainSeconds ?? null],
    ];
    const [{ id }] = await this.query<{ id: string }>(sql.INSERT_STUDY, parameters);
    return id;
  }

  async find(id: string): Promise<StudyRecord | null> {
    const [row] = await this.query<StudyRow>(sql.FIND_STUDY, [id]);
    return row === undefined ? null : toStudyRecord(row);
  }

  async findSpec(id: string): Promise<StudySpec | null> {
    const [row] = await this.query<{ spec: StudySpec }>(sql.FIND_SPEC, [id]);
    return row?.spec ?? null;
  }

  async list({ state, ...request }: PageRequest & { state?: StudyState }): Promise<Page<StudyRecord>> {
    const rows = await this.query<StudyRow>(sql.LIST_STUDIES, [state ?? null, ...serialParameters(request)]);
    return pageBySerial(rows, request.limit, toStudyRecord);
  }

  async lock(id: string): Promise<StudyRecord | null> {
    const [row] = await this.query(sql.LOCK_STUDY, [id]);
    // A statement of its own: what the lock waited for is not in the snapshot of the one that waited.
    return row === undefined ? null : this.find(id);
  }

  async setState(id: string, state: StudyState): Promise<void> {
    await this.query(sql.SET_STUDY_STATE, [id, state]);
  }

  async takeNumbers(id: string, count: number): Promise<number> {
    const [{ first }] = await this.query<{ first: number }>(sql.TAKE_NUMBERS, [id, count]);
    return first;
  }

  async addTrainSeconds(id: string, seconds: number): Promise<void> {
    await this.query(sql.ADD_TRAIN_SECONDS, [id, seconds]);
  }

  async setTrialLimit(id: string, limit: number): Promise<void> {
    await this.query(sql.SET_TRIAL_LIMIT, [id, limit]);
  }

  async withWork(limit: number): Promise<readonly string[]> {
    return (await this.query<{ id: string }>(sql.STUDIES_WITH_WORK, [limit])).map(({ id }) => id);
  }

  async finishable(limit: number): Promise<readonly string[]> {
    return (await this.query<{ id: string }>(sql.FINISHABLE_STUDIES, [limit])).map(({ id }) => id);
  }
}

function toStudyRecord(row: StudyRow): StudyRecord {
  return {
    id: row.id,
    state: row.state,
    spec: row.spec,
    datasetName: row.dataset_name,
    counts: { WAITING: 0, RUNNING: 0, COMPLETE: 0, PRUNED: 0, FAIL: 0, ...row.counts },
    cancelled: row.cancelled,
    trialLimit: row.trial_limit,
    bestTrialNumber: row.best_trial_number,
    timedOut: row.timed_out,
    overBudget: row.over_budget,
    endsAt: row.ends_at,
    reserveSeconds: row.reserve_seconds,
    spentTrainSeconds: row.spent,
    readAt: row.read_at,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
