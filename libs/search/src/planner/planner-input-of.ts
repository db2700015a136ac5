import { madeTrials } from '../complete-study.js';
import type { SearchRepositories } from '../ports/search-storage.js';
import type { TrialHistory } from '../ports/trial-repository.js';
import type { StudyRecord } from '../study.js';
import { HistoryCost } from './history-cost.js';
import type { PlannerInput } from './planner-input.js';

/** Finished trials that the cost of an epoch is judged by. */
const RECENT_TRIALS = 500;

/** All that the planner is told of a study: the one place where it meets profiles, probes, costs and budgets. */
export async function plannerInputOf(
  { trials, workers }: SearchRepositories,
  study: StudyRecord,
  history: readonly TrialHistory[],
  earlier: readonly TrialHistory[],
): Promise<PlannerInput> {
  const durations = await trials.durations(study.id, RECENT_TRIALS);
  const { spec, trialLimit } = study;
  const spent = durations.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
  const elapsed = spec.timeoutSeconds === null ? 0 : spent / Math.max(1, await workers.countAlive());
  return {
    spec,
    history,
    earlier,
    profiles: new Map(),
    probes: new Map(),
    cost: new HistoryCost(durations),
    secondsLeft: spec.timeoutSeconds === null ? Number.POSITIVE_INFINITY : Math.max(0, spec.timeoutSeconds - elapsed),
    trialsLeft: trialLimit - madeTrials(study),
  };
}
