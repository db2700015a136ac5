import { createPruner, type PrunerReads, type RunningTrial } from '#optuna-ts-client';
import { violationOf } from './assess-constraints.js';
import { curveObjectiveOf, knownValuesOf, toFrozenTrials } from './frozen-trials.js';
import { type Constraint, metricsBeforeTraining } from './metric-name.js';
import type { TrialHistory } from './ports/trial-repository.js';
import type { StudySpec } from './study.js';
import type { EpochReport, TrialRecord } from './trial.js';

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
      studyName: spec.name,
      curveBounds: spec.constraints.map((constraint) => curveBound(spec, constraint)),
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
    params: { ...trial.parameters },
    finalStep: trial.parameters.epochs,
    intermediateValues: new Map(
      curveObjective < 0 ? [] : reports.map(({ epoch, accuracy }): [number, number] => [epoch, accuracy]),
    ),
    knownValues: knownValuesOf(spec.objectives, trial.measures),
    // Seconds of training only grow.
    possibleValues: spec.objectives.map(({ metric, direction }) =>
      metric === 'trainSeconds' && direction === 'minimize' ? secondsSpent(reports) : undefined,
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
  if (metricsBeforeTraining.has(constraint.metric)) {
    const value = measures[constraint.metric];
    return value === undefined ? undefined : violationOf(constraint, value);
  }
  if (constraint.metric !== 'trainSeconds' || constraint.atMost === undefined) return undefined;
  const violation = violationOf(constraint, secondsSpent(reports));
  return violation > 0 ? violation : undefined;
}

function secondsSpent(reports: readonly EpochReport[]): number {
  return reports.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
}

/** What a constraint asks of the accuracy at least (at most, where less of it is better). */
function curveBound({ objectives }: StudySpec, { metric, atLeast, atMost }: Constraint): number | undefined {
  if (metric !== 'accuracy') return undefined;
  return objectives[curveObjectiveOf(objectives)]?.direction === 'minimize' ? atMost : atLeast;
}
