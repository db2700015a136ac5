import { assessConstraints } from './assess-constraints.js';
import type { SearchRepositories } from './ports/search-storage.js';
import type { StudySpec } from './study.js';
import type { NewTrajectoryPoint } from './trajectory.js';
import type { TrialRecord } from './trial.js';

/**
 * Records what a trial that has just finished left, and drops what its end makes useless: shorter points of the same
 * training, and its own where more epochs cannot mend what is wrong with it. A trial that is merely dominated may still
 * rise with more epochs; that is decided when the study is over (`completeIfDone`).
 */
export async function settleTrajectory(
  { trajectories }: SearchRepositories,
  spec: StudySpec,
  trial: TrialRecord,
  point: NewTrajectoryPoint | undefined,
): Promise<void> {
  if (point) await trajectories.record(trial.id, point);
  await trajectories.dropSuperseded(trial.id);
  if (isBeyondRepair(spec, trial)) await trajectories.dropOfTrial(trial.id);
}

/** Size, latency and training time do not get better with more epochs; accuracy may. */
function isBeyondRepair({ constraints }: StudySpec, { measures }: TrialRecord): boolean {
  const others = constraints.filter(({ metric }) => metric !== 'accuracy');
  return assessConstraints(others, measures).feasible === false;
}
