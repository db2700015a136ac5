import { NotFoundError } from '#primitives';
import type { Page } from './page.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { TrialListRequest } from './ports/trial-repository.js';
import type { EpochReport, TrialRecord } from './trial.js';

/** Reads trials and their learning curves. */
export class QueryTrials {
  constructor(private readonly storage: SearchStorage) {}

  /** @throws {NotFoundError} if there is no such study. */
  async list(studyId: string, request: TrialListRequest): Promise<Page<TrialRecord>> {
    if ((await this.storage.studies.find(studyId)) === null) throw new NotFoundError('study', studyId);
    return this.storage.trials.list(studyId, request);
  }

  /** @throws {NotFoundError} if the study has no trial of this number. */
  async show(studyId: string, number: number): Promise<TrialRecord> {
    const trial = await this.storage.trials.find(studyId, number);
    if (trial === null) throw new NotFoundError('trial', `${number} of study ${studyId}`);
    return trial;
  }

  /** Reports of the trial's current attempt, in order. @throws {NotFoundError} if the study has no such trial. */
  async curve(studyId: string, number: number): Promise<{ number: number; reports: readonly EpochReport[] }> {
    const trial = await this.show(studyId, number);
    return { number, reports: await this.storage.trials.curve(trial.id) };
  }
}
