import { createPruner, type PrunerContext, type PrunerReads, type RunningTrial } from '#optuna-ts-client';
import { violationOf } from './assess-constraints.js';
import { curveObjectiveOf, knownValuesOf, trialFreezer } from './frozen-trials.js';
import { type Constraint, metricsBeforeTraining } from './metric-name.js';
import { mostEpochs } from './planner/epoch-rungs.js';
import { RETUNE, retuneOptionsOf } from './planner/retune-options.js';
import type { TrialHistory } from './ports/trial-repository.js';
import type { StudySpec } from './study.js';
import type { EpochReport, TrialRecord } from './trial.js';

/** Whether nobody is asked before a trial ends. */
export function neverPrunes(spec: StudySpec): boolean {
  return spec.pruner.name === 'none' || !retuneOptionsOf(spec).paretoPruning;
}

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
  // At its last epoch a trial is finished in any case.
  if (neverPrunes(spec) || (reports.at(-1)?.epoch ?? 0) >= trial.parameters.epochs) return null;
  const pruner = createPruner(spec.pruner.name, spec.pruner.options);
  const context = prunerContext(spec);
  const hasCurve = context.curveObjective >= 0 || context.curveDirection !== undefined;
  const decision = pruner.decide(
    context,
    toRunningTrial(spec, trial, hasCurve ? reports : []),
    history.map(trialFreezer(spec, hasCurve)),
  );
  return decision.prune ? decision.reason : null;
}

function prunerContext(spec: StudySpec): PrunerContext {
  const { objectives, constraints, pruner } = spec;
  const curveObjective = curveObjectiveOf(objectives);
  const context: PrunerContext = {
    directions: objectives.map(({ direction }) => direction),
    curveObjective,
    studyName: spec.name,
    curveBounds: constraints.map((constraint) => curveBound(spec, constraint)),
    objectiveNames: objectives.map(({ metric }) => metric),
    constraintNames: constraints.map(({ metric }) => metric),
    stepName: 'epoch',
    knownBy: ['architecture'],
  };
  // Other pruners stop trials by their rank on the curve, which says nothing where accuracy need only suffice.
  const bound = constraints.find(({ metric }) => metric === 'accuracy');
  if (curveObjective >= 0 || bound === undefined || pruner.name !== 'pareto') return context;
  return { ...context, curveDirection: bound.atLeast === undefined ? 'minimize' : 'maximize', curveName: 'accuracy' };
}

function toRunningTrial(spec: StudySpec, trial: TrialRecord, reports: readonly EpochReport[]): RunningTrial {
  return {
    number: trial.number,
    params: { ...trial.parameters },
    // What is a rung now may be gone on with: it is stopped by what it can become in the end.
    finalStep: spec.sampler.name === RETUNE ? mostEpochs(spec.searchSpace.epochs) : trial.parameters.epochs,
    intermediateValues: new Map(reports.map(({ epoch, accuracy }): [number, number] => [epoch, accuracy])),
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
