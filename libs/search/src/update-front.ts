import type { SearchRepositories } from './ports/search-storage.js';
import type { TrialMetrics } from './ports/trial-repository.js';
import { rankTrials } from './rank-trials.js';
import type { StudyRecord } from './study.js';
import type { TrialRecord } from './trial.js';

/**
 * Updates the kept front of a locked study with a trial that has just finished. Only members of the old front are read:
 * what was dominated once stays dominated.
 *
 * @returns Whether the trial is on the front now.
 */
export async function updateFront(
  { fronts, trials }: SearchRepositories,
  { id, spec }: StudyRecord,
  trial: TrialRecord,
): Promise<boolean> {
  if (trial.state !== 'COMPLETE' || trial.feasible !== true) return false;
  const members = await trials.findMany(await fronts.read(id));
  const candidates = [...members.filter((member) => member.id !== trial.id), trial];
  const front = rankTrials(spec.objectives, candidates.map(toTrialMetrics));
  if (!front.some(({ trialId }) => trialId === trial.id)) return false;
  await fronts.replace(
    id,
    front.map(({ trialId }) => trialId),
  );
  return true;
}

/** What ranking knows of a stored trial. */
export function toTrialMetrics({ id: trialId, number, measures }: TrialRecord): TrialMetrics {
  const { correct = null, validationImages = null } = measures;
  return { trialId, number, metrics: measures, correct, validationImages };
}
