import { containsValue, type Distribution, type FrozenTrial, toPriorTrials } from '#optuna-ts-client';
import type { FieldProblem } from '#primitives';
import { assessConstraints } from './assess-constraints.js';
import { toFrozenTrials } from './frozen-trials.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { distributionsOf, searchDistributions } from './search-distributions.js';
import type { SearchSpace, TrialParameters } from './search-space.js';
import type { StudySpec } from './study.js';

/**
 * What is wrong with the earlier studies that a spec names: unknown, named twice, other objectives, or a search space that
 * shares no configuration with the new one.
 *
 * @param earlier The spec of each id of `spec.warmStart.studyIds`; null where there is none.
 */
export function problemsOfWarmStart(spec: StudySpec, earlier: readonly (StudySpec | null)[]): FieldProblem[] {
  const { warmStart } = spec;
  if (warmStart === undefined) return [];
  const problems: FieldProblem[] = [];
  if (!(warmStart.weight > 0 && warmStart.weight <= 1)) {
    problems.push({ field: 'warmStart.weight', value: warmStart.weight, allowed: 'a number in (0, 1]' });
  }
  for (const [index, id] of warmStart.studyIds.entries()) {
    const allowed =
      warmStart.studyIds.indexOf(id) < index ? 'different from the entries before it' : refusalOf(spec, earlier[index]);
    if (allowed !== null) problems.push({ field: `warmStart.studyIds[${index}]`, value: id, allowed });
  }
  return problems;
}

/** What the study would have to be instead; null where it will do. */
function refusalOf(spec: StudySpec, earlier: StudySpec | null): string | null {
  if (earlier === null) return 'the id of a study';
  const metricsOf = ({ objectives }: StudySpec) => objectives.map(({ metric }) => metric).sort();
  const [wanted, had] = [metricsOf(spec).join(', '), metricsOf(earlier).join(', ')];
  if (wanted !== had) return `the id of a study with the objectives ${wanted} (this one has ${had})`;
  const apart = apartIn(spec.searchSpace, earlier.searchSpace);
  return apart === null ? null : `the id of a study with an overlapping searchSpace (this one shares no ${apart})`;
}

/** The parameter of which two spaces share no value; null where they overlap. */
function apartIn(a: SearchSpace, b: SearchSpace): string | null {
  if (!a.architecture.some((name) => b.architecture.includes(name))) return 'architecture';
  const depths = a.retrainDepth.filter((depth) => b.retrainDepth.includes(depth));
  if (depths.length === 0) return 'retrain depth';
  const rateOf = ({ learningRate }: SearchSpace, depth: (typeof depths)[number]) =>
    learningRate.perDepth?.[depth] ?? learningRate;
  const meet = depths.some((depth) => {
    const [one, other] = [rateOf(a, depth), rateOf(b, depth)];
    return one.low <= other.high && other.low <= one.high;
  });
  if (!meet) return 'learning rate';
  const ends = ({ epochs }: SearchSpace) =>
    'low' in epochs ? [epochs.low, epochs.high] : [Math.min(...epochs), Math.max(...epochs)];
  const [[low, high], [otherLow, otherHigh]] = [ends(a), ends(b)];
  return low <= otherHigh && otherLow <= high ? null : 'epochs';
}

/**
 * The finished trials of earlier studies as the new study's sampler reads them: judged by the new study's objectives and
 * constraints, with a discounted weight, and numbered below 0, so that they never clash with its own. Those outside of
 * the new search space are left out.
 *
 * @param history Older ones first.
 */
export function toWarmTrials(spec: StudySpec, history: readonly TrialHistory[]): FrozenTrial[] {
  if (spec.warmStart === undefined || history.length === 0) return [];
  const space = searchDistributions(spec.searchSpace);
  const inside = history
    .filter(({ parameters }) => liesIn(distributionsOf(space, parameters), parameters))
    .map((trial) => ({ ...trial, ...assessConstraints(spec.constraints, trial.metrics) }));
  return toPriorTrials(toFrozenTrials(spec, inside), spec.warmStart.weight);
}

function liesIn(distributions: Readonly<Record<string, Distribution>>, parameters: TrialParameters): boolean {
  return Object.entries(parameters).every(([name, value]) => {
    const distribution = distributions[name];
    return distribution !== undefined && containsValue(distribution, value);
  });
}
