export { decidePruning } from './decide-pruning.js';
export { toFrozenTrials } from './frozen-trials.js';
export { planNext } from './planner/plan-next.js';
export type { PlannedStep, PlannerInput, TrainingCost } from './planner/planner-input.js';
export { proposeTrial } from './propose-trial.js';
export { makeDatasetContent } from './testing/make-dataset-content.js';
export { makeStudySpec } from './testing/make-study-spec.js';
export { makeEpochReport, makeTrialMeasures } from './testing/make-trial-measures.js';
