import { createPruner, type PrunerReads, type RunningTrial } from '#optuna-ts-client';
import { violationOf } from './assess-constraints.js';
import { curveObjectiveOf, toFrozenTrials } from './frozen-trials.js';
import type { Constraint } from './metric-name.js';
import type { TrialHistory } from './ports/trial-repository.js';
import type { StudySpec } from './study.js';
import type { EpochReport, TrialRecord } from './trial.js';

/** Metrics that training does not change: they are final as soon as they are measured. */
const settledBeforeTraining = new Set(['latencyP50Ms', 'latencyP95Ms', 'sizeBytes', 'parameterCount']);

/** What the study's pruner reads of the other trials. */
export function prunerReads({ pruner }: StudySpec): PrunerReads {
  return createPruner(pruner.name, pruner.options).reads;
}

/**
 * Asks the study's pruner whether a running trial is worth finishing.
 *
 * @param reports The trial's reports so far, in order.
 * @param history The trials that `prunerReads` names.
 * @returns The reason in words where it is to be pruned, else null.
 */
export function decidePruning(
  spec: StudySpec,
  trial: TrialRecord,
  reports: readonly EpochReport[],
  history: readonly TrialHistory[],
): string | null {
  const pruner = createPruner(spec.pruner.name, spec.pruner.options);
  const curveObjective = curveObjectiveOf(spec.objectives);
  const decision = pruner.decide(
    {
      directions: spec.objectives.map(({ direction }) => direction),
      curveObjective,
      objectiveNames: spec.objectives.map(({ metric }) => metric),
      constraintNames: spec.constraints.map(({ metric }) => metric),
      stepName: 'epoch',
    },
    toRunningTrial(spec, trial, reports, curveObjective),
    toFrozenTrials(spec, history),
  );
  return decision.prune ? decision.reason : null;
}

function toRunningTrial(
  spec: StudySpec,
  trial: TrialRecord,
  reports: readonly EpochReport[],
  curveObjective: number,
): RunningTrial {
  return {
    number: trial.number,
    intermediateValues: new Map(
      curveObjective < 0 ? [] : reports.map(({ epoch, accuracy }): [number, number] => [epoch, accuracy]),
    ),
    knownValues: spec.objectives.map(({ metric }) =>
      settledBeforeTraining.has(metric) ? trial.measures[metric] : undefined,
    ),
    knownConstraints: spec.constraints.map((constraint) => knownViolation(constraint, trial, reports)),
  };
}

/** A violation that no further epoch can mend: of a settled metric, or of an upper bound on the seconds already spent. */
function knownViolation(
  constraint: Constraint,
  { measures }: TrialRecord,
  reports: readonly EpochReport[],
): number | undefined {
  if (settledBeforeTraining.has(constraint.metric)) {
    const value = measures[constraint.metric];
    return value === undefined ? undefined : violationOf(constraint, value);
  }
  if (constraint.metric !== 'trainSeconds' || constraint.atMost === undefined) return undefined;
  const spent = reports.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
  const violation = violationOf(constraint, spent);
  return violation > 0 ? violation : undefined;
}
