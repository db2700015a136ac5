import { type Clock, NotFoundError } from '#primitives';
import { completeIfDone } from './complete-study.js';
import type { TrainingCosts } from './cost/training-costs.js';
import { ForecastStudy } from './eta/forecast-study.js';
import type { Page, PageRequest } from './page.js';
import type { SearchStorage } from './ports/search-storage.js';
import { StudyStateError } from './search-errors.js';
import { nextStudyStates, type StudyRecord, type StudyState, type StudyView } from './study.js';
import type { StoredStudyEvent } from './study-event.js';

/** Shows, stops and resumes studies. */
export class ManageStudies {
  readonly #forecast: ForecastStudy;

  constructor(
    private readonly storage: SearchStorage,
    private readonly clock: Clock,
    costs: TrainingCosts,
  ) {
    this.#forecast = new ForecastStudy(storage, costs);
  }

  /** @throws {NotFoundError} if there is no such study. */
  async show(id: string): Promise<StudyView> {
    const study = await this.storage.studies.find(id);
    if (study === null) throw new NotFoundError('study', id);
    return this.#view(study);
  }

  /** Newest first. */
  async list(request: PageRequest & { state?: StudyState | undefined }): Promise<Page<StudyView>> {
    const { items, nextCursor } = await this.storage.studies.list(request);
    const views: StudyView[] = [];
    for (const study of items) views.push(await this.#view(study));
    return { items: views, nextCursor };
  }

  /**
   * No trial begins any more and running ones are told to cancel with their next heartbeat or report. Stopping a
   * STOPPED study changes nothing.
   *
   * @throws {NotFoundError} if there is no such study.
   * @throws {StudyStateError} if it is COMPLETE.
   */
  stop(id: string): Promise<StudyView> {
    return this.#change(id, 'stop', 'STOPPED');
  }

  /**
   * Trials are given out again; cancelled ones are replaced by new ones. Resuming a RUNNING study changes nothing.
   *
   * @throws {NotFoundError} if there is no such study.
   * @throws {StudyStateError} if it is COMPLETE.
   */
  resume(id: string): Promise<StudyView> {
    return this.#change(id, 'resume', 'RUNNING');
  }

  /** Events of a study with an id above `afterId`, in order, at most `limit`; a reader that keeps the last id misses none. */
  events(id: string, afterId: number, limit = 500): Promise<readonly StoredStudyEvent[]> {
    return this.storage.events.read(id, afterId, limit);
  }

  /** Id of the newest event of a study, 0 where there is none. */
  lastEventId(id: string): Promise<number> {
    return this.storage.events.lastId(id);
  }

  async #change(id: string, action: 'stop' | 'resume', state: 'STOPPED' | 'RUNNING'): Promise<StudyView> {
    await this.storage.transaction(async (repositories) => {
      const study = await repositories.studies.lock(id);
      if (study === null) throw new NotFoundError('study', id);
      if (study.state === state) return;
      const allowed: readonly StudyState[] = nextStudyStates[study.state];
      if (!allowed.includes(state)) throw new StudyStateError(id, action, study.state);
      await repositories.studies.setState(id, state);
      await repositories.events.append(id, [{ type: 'study.state', state }]);
      await completeIfDone(repositories, id);
    });
    return this.show(id);
  }

  async #view(study: StudyRecord): Promise<StudyView> {
    const { counts, cancelled, trialLimit } = study;
    const finished = counts.COMPLETE + counts.PRUNED + counts.FAIL - cancelled;
    return { ...study, progress: { finished, total: trialLimit }, eta: await this.#eta(study) };
  }

  async #eta(study: StudyRecord): Promise<StudyView['eta']> {
    const forecast = await this.#forecast.run(study);
    if (forecast === null) return null;
    const { seconds, low, high, trials } = forecast;
    const { COMPLETE, PRUNED, FAIL } = study.counts;
    return {
      secondsRemaining: seconds,
      low,
      high,
      finishesAt: new Date(this.clock.now() + seconds * 1000),
      trials: COMPLETE + PRUNED + FAIL - study.cancelled + Math.round(trials),
    };
  }
}
