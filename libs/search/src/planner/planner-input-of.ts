import type { TrialHistory } from '../ports/trial-repository.js';
import type { PreparedStudy } from '../prepare-study.js';
import type { StudyRecord } from '../study.js';
import { budgetLeft } from '../study-budget.js';
import type { PlannerInput, TrainingCost } from './planner-input.js';

/** What the planner is told of a study. */
export interface PlannedStudy {
  readonly study: StudyRecord;
  readonly history: readonly TrialHistory[];
  readonly earlier: readonly TrialHistory[];
  /** On the device that asks. */
  readonly prepared: PreparedStudy;
  /** On the device that asks. */
  readonly cost: TrainingCost;
}

/** The one place where the planner meets profiles, probes, costs and budgets. */
export function plannerInputOf({ study, history, earlier, prepared, cost }: PlannedStudy): PlannerInput {
  const { profiles, probes, pending } = prepared;
  const { searchSpace } = study.spec;
  const architecture = searchSpace.architecture.filter((name) => !pending.has(name));
  const spec = { ...study.spec, searchSpace: { ...searchSpace, architecture } };
  const { secondsLeft, trialsLeft } = budgetLeft(study);
  return { spec, history, earlier, profiles, probes, cost, secondsLeft, trialsLeft };
}
