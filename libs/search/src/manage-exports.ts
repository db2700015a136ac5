import { NotFoundError } from '#primitives';
import type { LeaseSettings } from './claim.js';
import { digestOf } from './digest.js';
import type { ExportOutcome, ExportRecord } from './exported-model.js';
import type { Page, PageRequest } from './page.js';
import type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
import type { Heartbeat } from './ports/trial-queue.js';
import { type ParetoBounds, queryPareto } from './query-pareto.js';
import { LeaseLostError, NoFeasibleTrialError, TrialNotExportableError } from './search-errors.js';
import type { StudyRecord } from './study.js';
import type { TrialRecord } from './trial.js';

/** Which trial is to be exported: by its number, or the best that meets the bounds and the study's constraints. */
export type ExportRequest = { readonly trialNumber: number } | { readonly constraints: ParetoBounds };

/** Creates exports, and hears from the workers that make them. */
export class ManageExports {
  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
  ) {}

  /**
   * Queues an export.
   *
   * @throws {NotFoundError} if there is no such study or trial.
   * @throws {TrialNotExportableError} if the trial is not COMPLETE, or its checkpoint had to make room.
   * @throws {NoFeasibleTrialError} if no trial meets the bounds; says which bound the nearest misses.
   */
  create(studyId: string, request: ExportRequest): Promise<ExportRecord> {
    return this.storage.transaction(async (repositories) => {
      const study = await repositories.studies.find(studyId);
      if (study === null) throw new NotFoundError('study', studyId);
      const trial = await chooseTrial(repositories, study, request);
      if (trial.state !== 'COMPLETE') throw new TrialNotExportableError(trial.number, trial.state);
      const record = await repositories.exports.insert(studyId, trial.id);
      // Read behind the insert: from there on the checkpoint stays, see `TrajectoryRepository.evict`.
      if ((await repositories.trials.findById(trial.id))?.checkpoint === null) {
        const reason = 'its checkpoint was deleted to make room, as it violates a constraint; run it again';
        throw new TrialNotExportableError(trial.number, trial.state, reason);
      }
      await repositories.events.append(studyId, [{ type: 'export.state', exportId: record.id, state: record.state }]);
      return record;
    });
  }

  /** @throws {NotFoundError} if there is no such export. */
  async show(id: string): Promise<ExportRecord> {
    const record = await this.storage.exports.find(id);
    if (record === null) throw new NotFoundError('export', id);
    return record;
  }

  /** Of one study, newest first. @throws {NotFoundError} if there is no such study. */
  async list(studyId: string, request: PageRequest): Promise<Page<ExportRecord>> {
    if ((await this.storage.studies.find(studyId)) === null) throw new NotFoundError('study', studyId);
    return this.storage.exports.list(studyId, request);
  }

  /** Renews the lease. @throws {LeaseLostError} if this attempt does not hold it any more. */
  async heartbeat(id: string, attempt: number): Promise<Heartbeat> {
    const answer = await this.storage.exports.heartbeat(id, attempt, this.leases.leaseSeconds);
    if (answer === null) throw new LeaseLostError('export', id, attempt);
    return answer;
  }

  /** Records the end of an export; a repeated finish with the same content is answered alike. @throws {LeaseLostError} */
  finish(id: string, attempt: number, outcome: ExportOutcome): Promise<ExportRecord> {
    return this.storage.transaction(async ({ exports, events }) => {
      const status = await exports.finish(id, attempt, outcome, digestOf(outcome));
      if (status === 'lost') throw new LeaseLostError('export', id, attempt);
      const record = (await exports.find(id)) as ExportRecord;
      if (status === 'recorded') {
        await events.append(record.studyId, [{ type: 'export.state', exportId: id, state: record.state }]);
      }
      return record;
    });
  }

  /** Gives an export back unharmed. @throws {LeaseLostError} if this attempt does not hold the lease any more. */
  async release(id: string, attempt: number): Promise<void> {
    await this.storage.transaction(async ({ exports, events }) => {
      const released = await exports.release(id, attempt);
      if (released === null) throw new LeaseLostError('export', id, attempt);
      await events.append(released.studyId, [{ type: 'export.state', exportId: id, state: 'WAITING' }]);
    });
  }
}

async function chooseTrial(
  repositories: SearchRepositories,
  study: StudyRecord,
  request: ExportRequest,
): Promise<TrialRecord> {
  if ('trialNumber' in request) {
    const trial = await repositories.trials.find(study.id, request.trialNumber);
    if (trial === null) throw new NotFoundError('trial', `${request.trialNumber} of study ${study.id}`);
    return trial;
  }
  const { items, explanation } = await queryPareto(repositories, study, request.constraints);
  if (items.length === 0) throw new NoFeasibleTrialError(explanation ?? 'no trial is feasible');
  return items[0].trial;
}
