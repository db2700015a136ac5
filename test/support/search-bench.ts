import { randomUUID } from 'node:crypto';
import { PostgresStorage } from '#persistence';
import { copyTemplateDatabase, type TestDatabase } from '#persistence/testing';
import { systemClock } from '#primitives';
import {
  createUseCases,
  type Device,
  type KnownArchitecture,
  type StudyRecord,
  type StudySpec,
  type TrialClaim,
  type TrialMeasures,
  type TrialOutcome,
  type TrialRecord,
  type UseCaseDependencies,
  type UseCases,
  type WorkClaim,
} from '#search';
import { makeDatasetContent, makeStudySpec, makeTrialMeasures } from '#search/testing';

const architectures: KnownArchitecture[] = ['alexnet', 'resnet18', 'squeezenet1_1'].map((name) => ({
  name,
  minImageSize: 32,
  weights: [`${name}-drawn-v1`],
}));

const dependencies: UseCaseDependencies = {
  clock: systemClock,
  architectures: { list: async () => architectures },
  leases: { leaseSeconds: 60, heartbeatSeconds: 10 },
  blobs: { list: async function* () {}, collect: async () => false },
  checkpointBytes: 10 * 2 ** 30,
  onFailedAsk: (studyId, error) => {
    throw new Error(`The sampler of study ${studyId} failed`, { cause: error });
  },
};

/** The use cases over a real Postgres, with a dataset that is READY, and short cuts for what every test does. */
export class SearchBench {
  private constructor(
    readonly database: TestDatabase,
    readonly storage: PostgresStorage,
    readonly useCases: UseCases,
    readonly datasetId: string,
  ) {}

  static async open(): Promise<SearchBench> {
    const database = await copyTemplateDatabase();
    const storage = new PostgresStorage(database.dataSource);
    const useCases = createUseCases(storage, dependencies);
    const { id } = await useCases.datasets.begin({
      name: 'insects',
      path: '/insects',
      validationFraction: 0.2,
      seed: 0,
    });
    await useCases.datasets.finish(id, makeDatasetContent());
    return new SearchBench(database, storage, useCases, id);
  }

  close(): Promise<void> {
    return this.database.drop();
  }

  /** The use cases of a second service on the same database: it shares rows with the first, and nothing in memory. */
  otherService(changes: Partial<UseCaseDependencies> = {}): UseCases {
    return createUseCases(new PostgresStorage(this.database.dataSource), { ...dependencies, ...changes });
  }

  createStudy(changes: Partial<StudySpec> = {}): Promise<StudyRecord> {
    return this.useCases.createStudy.run(makeStudySpec({ datasetId: this.datasetId, ...changes }));
  }

  claim(
    workerId = 'worker-1',
    claimRequestId: string = randomUUID(),
    deviceClass: Device['class'] = 'cpu',
  ): Promise<WorkClaim | null> {
    const device = { class: deviceClass, index: 0, name: 'test', driver: null, threads: 2, memoryBytes: 1e9 };
    return this.useCases.claimWork.run({ workerId, claimRequestId, device });
  }

  /** A claim that must be a trial. */
  async claimTrial(workerId?: string, claimRequestId?: string): Promise<TrialClaim> {
    const claim = await this.claim(workerId, claimRequestId);
    if (claim?.kind !== 'trial') throw new Error(`Expected a trial to claim, got ${claim?.kind ?? 'nothing'}`);
    return claim;
  }

  /** Claims a trial and finishes it COMPLETE with these measures. */
  async complete(changes: Partial<TrialMeasures> = {}): Promise<TrialRecord> {
    const { trialId, attempt } = await this.claimTrial();
    return this.useCases.runTrial.finish(trialId, attempt, makeCompletion(changes));
  }

  async trial(id: string): Promise<TrialRecord> {
    const record = await this.storage.trials.findById(id);
    if (record === null) throw new Error(`Expected trial ${id} to exist`);
    return record;
  }

  /** Lets the lease of a trial or export run out now. */
  async expire(table: 'trial' | 'export', id: string): Promise<void> {
    await this.database.dataSource.query(`UPDATE ${table} SET lease_until = now() - interval '1 s' WHERE id = $1`, [
      id,
    ]);
  }

  /** Ends the pause before a requeued trial or export may be claimed again. */
  async endBackoff(): Promise<void> {
    for (const table of ['trial', 'export']) await this.database.dataSource.query(`UPDATE ${table} SET run_at = now()`);
  }

  /** The whole row of a trial with its reports, to see that nothing has changed. */
  async snapshot(trialId: string): Promise<unknown> {
    return this.database.dataSource.query(
      `SELECT t.*, (SELECT jsonb_agg(r ORDER BY r.attempt, r.epoch) FROM trial_report r WHERE r.trial_id = t.id) AS reports
         FROM trial t WHERE t.id = $1`,
      [trialId],
    );
  }
}

/** How a worker ends a trial well. */
export function makeCompletion(changes: Partial<TrialMeasures> = {}): Extract<TrialOutcome, { state: 'COMPLETE' }> {
  return {
    state: 'COMPLETE',
    measures: makeTrialMeasures(changes),
    checkpoint: { sha256: 'c'.repeat(64), bytes: 1234 },
    initialStateSha256: 'd'.repeat(64),
    weights: { name: 'imagenet', sha256: 'e'.repeat(64) },
  };
}
