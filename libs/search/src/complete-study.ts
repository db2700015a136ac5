import type { SearchRepositories } from './ports/search-storage.js';
import type { StudyRecord } from './study.js';

/** Trials of a study in any state; numbers begin at 0, so it is also the next trial's number. */
export function allTrials({ counts }: Pick<StudyRecord, 'counts'>): number {
  return counts.WAITING + counts.RUNNING + counts.COMPLETE + counts.PRUNED + counts.FAIL;
}

/** Trials of a study that count towards its limit: all but the cancelled ones. */
export function madeTrials(study: Pick<StudyRecord, 'counts' | 'cancelled'>): number {
  return allTrials(study) - study.cancelled;
}

/** Whether the sampler may propose a trial for the study now. */
export function mayMakeTrial(study: StudyRecord): boolean {
  return study.state === 'RUNNING' && !study.timedOut && madeTrials(study) < study.trialLimit;
}

/**
 * Makes a study COMPLETE when all its trials are finished and no more will be made; after its timeout the trials that
 * never began are cancelled first, and all that wait once its budget is used up. The study's lock must be held.
 *
 * @returns Whether the study is COMPLETE now.
 */
export async function completeIfDone(repositories: SearchRepositories, studyId: string): Promise<boolean> {
  const { studies, queue, events, trajectories } = repositories;
  let study = await studies.find(studyId);
  if (study?.state !== 'RUNNING') return study?.state === 'COMPLETE';
  if (study.timedOut && study.counts.WAITING > 0) {
    const reason = 'the time of the study was over before it began';
    const cancelled = await queue.cancelWaiting(studyId, reason, study.overBudget ? 'all' : 'unbegun');
    await events.append(
      studyId,
      cancelled.map((number) => ({
        type: 'trial.finished',
        number,
        state: 'FAIL',
        reason: 'cancelled',
        accuracy: null,
        latencyP95Ms: null,
        onFront: false,
      })),
    );
    study = (await studies.find(studyId)) ?? study;
  }
  const open = study.counts.WAITING + study.counts.RUNNING > 0;
  if (open || mayMakeTrial(study)) return false;
  await studies.setState(studyId, 'COMPLETE');
  await trajectories.dropLosers(studyId);
  await events.append(studyId, [{ type: 'study.state', state: 'COMPLETE' }]);
  return true;
}
