import { type FrozenTrial, type ParamValue, toInternalRepr } from '#optuna-ts-client';
import { type MetricName, metricsBeforeTraining, type Objective } from './metric-name.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { distributionsOf, type SearchDistributions, searchDistributions } from './search-distributions.js';
import type { RetrainDepth } from './search-space.js';
import type { StudySpec } from './study.js';

/** Index of the objective that the curve of a trial (accuracy by epoch) belongs to; -1 where accuracy is none. */
export function curveObjectiveOf(objectives: readonly Objective[]): number {
  return objectives.findIndex(({ metric }) => metric === 'accuracy');
}

/** One per objective: its value where no training will change it, else undefined. */
export function knownValuesOf(
  objectives: readonly Objective[],
  metrics: Readonly<Partial<Record<MetricName, number>>>,
): (number | undefined)[] {
  return objectives.map(({ metric }) => (metricsBeforeTraining.has(metric) ? metrics[metric] : undefined));
}

/** The trials of a study as samplers and pruners read them, in the order given. */
export function toFrozenTrials(spec: StudySpec, history: readonly TrialHistory[]): FrozenTrial[] {
  return history.map(trialFreezer(spec));
}

/**
 * How one trial of a study is read; all that it reads share their distributions.
 *
 * @param hasCurves Whether accuracies by epoch are read. @default where accuracy is an objective
 */
export function trialFreezer(
  { searchSpace, objectives }: StudySpec,
  hasCurves = curveObjectiveOf(objectives) >= 0,
): (trial: TrialHistory) => FrozenTrial {
  const space = searchDistributions(searchSpace);
  // Nothing but the retrain depth decides over ranges: one object per depth, which samplers then know by identity.
  const byDepth = new Map<RetrainDepth, SearchDistributions>();
  return (trial) => {
    const { retrainDepth } = trial.parameters;
    const distributions = byDepth.get(retrainDepth) ?? distributionsOf(space, trial.parameters);
    byDepth.set(retrainDepth, distributions);
    return {
      number: trial.number,
      state: trial.state,
      // What was cancelled counts as never begun: its configuration is still to be tried.
      attempt: trial.state === 'WAITING' || trial.failReason === 'cancelled' ? 0 : 1,
      values: valuesOf(objectives, trial),
      knownValues: knownValuesOf(objectives, trial.metrics),
      params: { ...trial.parameters } as Record<string, ParamValue>,
      internalParams: internalParamsOf(distributions, trial),
      distributions,
      intermediateValues: new Map(hasCurves ? trial.curve : []),
      constraints: constraintsOf(trial),
      userAttrs: {},
      systemAttrs: {},
      datetimeStart: null,
      datetimeComplete: null,
    };
  };
}

function internalParamsOf(distributions: SearchDistributions, { parameters }: TrialHistory): Record<string, number> {
  return Object.fromEntries(
    Object.entries(distributions).map(([name, distribution]) => [
      name,
      toInternalRepr(distribution, parameters[name as keyof typeof parameters], name),
    ]),
  );
}

/** Objective values of a COMPLETE trial; the last accuracy of a PRUNED one where accuracy is the only objective. */
function valuesOf(objectives: readonly Objective[], { state, metrics, curve }: TrialHistory): number[] | null {
  if (state === 'PRUNED' && objectives.length === 1 && objectives[0].metric === 'accuracy') {
    const last = curve.at(-1)?.[1] ?? metrics.accuracy;
    return last === undefined ? null : [last];
  }
  if (state !== 'COMPLETE') return null;
  const values = objectives.map(({ metric }) => metrics[metric]);
  return values.every((value) => value !== undefined) ? values : null;
}

/** All violations; where one is already known to be violated the unknown ones count as just met, so that it is learnt from. */
function constraintsOf({ constraints }: TrialHistory): number[] | null {
  const known = constraints.map(({ violation }) => violation);
  if (known.every((violation) => violation !== null)) return known;
  if (!known.some((violation) => violation !== null && violation > 0)) return null;
  return known.map((violation) => violation ?? 0);
}
