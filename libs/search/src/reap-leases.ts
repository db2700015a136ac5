import { completeIfDone } from './complete-study.js';
import type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
import type { ReapedTrial } from './ports/trial-queue.js';
import type { StudyEvent } from './study-event.js';

const STUDIES_PER_SWEEP = 100;
const ROWS_PER_STUDY = 500;

/** What one sweep did. */
export interface Sweep {
  readonly requeuedTrials: number;
  readonly failedTrials: number;
  readonly requeuedExports: number;
  readonly failedExports: number;
  /** Profiles and probes whose lease had expired, whatever became of them. */
  readonly reapedPreparations: number;
  readonly completedStudies: number;
}

/** Sweeps expired leases back into the queue. Harmless to run twice, late, or in several processes at once. */
export class ReapLeases {
  constructor(private readonly storage: SearchStorage) {}

  async run(): Promise<Sweep> {
    const reaped: ReapedTrial[] = [];
    for (const studyId of await this.storage.queue.studiesWithExpiredLeases(STUDIES_PER_SWEEP)) {
      reaped.push(...(await this.storage.transaction((repositories) => reapStudy(repositories, studyId))));
    }
    const exports = await this.#reapExports();
    const reapedPreparations = await this.storage.preparations.reap(ROWS_PER_STUDY);
    let completedStudies = 0;
    for (const studyId of await this.storage.studies.finishable(STUDIES_PER_SWEEP)) {
      const completed = await this.storage.transaction(async (repositories) => {
        const study = await repositories.studies.lock(studyId);
        return study?.state === 'RUNNING' && (await completeIfDone(repositories, studyId));
      });
      if (completed) completedStudies++;
    }
    return {
      requeuedTrials: reaped.filter(({ state }) => state === 'WAITING').length,
      failedTrials: reaped.filter(({ state }) => state === 'FAIL').length,
      requeuedExports: exports.filter(({ state }) => state === 'WAITING').length,
      failedExports: exports.filter(({ state }) => state === 'FAILED').length,
      reapedPreparations,
      completedStudies,
    };
  }

  #reapExports() {
    return this.storage.transaction(async ({ exports, events }) => {
      const reaped = await exports.reap(ROWS_PER_STUDY);
      // One order of the studies for everybody who appends to several, so that two sweeps cannot wait for each other.
      const byStudy = [...reaped].sort((a, b) => (a.studyId < b.studyId ? -1 : 1));
      for (const { studyId, exportId, state } of byStudy) {
        await events.append(studyId, [{ type: 'export.state', exportId, state }]);
      }
      return reaped;
    });
  }
}

async function reapStudy(repositories: SearchRepositories, studyId: string): Promise<readonly ReapedTrial[]> {
  if ((await repositories.studies.lock(studyId)) === null) return [];
  const reaped = await repositories.queue.reap(studyId, ROWS_PER_STUDY);
  await repositories.events.append(studyId, reaped.map(eventOf));
  await completeIfDone(repositories, studyId);
  return reaped;
}

function eventOf({ number, state, failReason }: ReapedTrial): StudyEvent {
  if (state === 'WAITING') return { type: 'trial.requeued', number, reason: 'lease_expired' };
  const reason = failReason ?? 'lease_expired';
  return { type: 'trial.finished', number, state, reason, accuracy: null, latencyP95Ms: null, onFront: false };
}
