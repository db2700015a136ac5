import type { FrozenTrial } from '../frozen-trial.js';
import { formatValue } from './known-constraints.js';
import { bestUpTo, gainAhead, type LearningProgress, learningProgress, noiseOf } from './learning-progress.js';
import { curveOf } from './own-curve.js';
import type { PrunerContext, RunningTrial } from './pruner.js';

/** How the outcome of a trial is bounded. */
export interface OutcomeOptions {
  /** Parameters that make trials alike; empty: the categorical ones. */
  readonly groupBy: readonly string[];
  /** Trials that are needed as evidence. */
  readonly minTrials: number;
  /** How many of them, those that stood nearest at the same step, are looked at. */
  readonly neighbours: number;
  /** Standard deviations of the noise that are added. */
  readonly noiseFactor: number;
}

/** The best that a trial's curve can still come to. */
export interface OptimisticOutcome {
  /** In the unit of the curve. */
  readonly value: number;
  /** How it came about, in words. */
  readonly words: string;
  /** The finished trials that it was concluded from. */
  readonly evidence: readonly FrozenTrial[];
}

/** A finished trial and what it gained from the step in question to the end. */
interface Evidence {
  readonly trial: FrozenTrial;
  /** How far it stood from the running trial at that step. */
  readonly distance: number;
  readonly gain: number;
}

/**
 * The optimistic outcome of a running trial: its best value so far, plus the larger of what similar finished trials gained
 * at the most from this step on (and a little more, the fewer they are) and what its own curve promises, plus room for chance.
 *
 * Similar are the COMPLETE trials of this study that agree with it in all the parameters of the group, or where they are
 * fewer than `minTrials` in all but one, all but two …; of these the `neighbours` whose value at this step was nearest. A
 * trial that ended earlier than this one will counts from half of the way on, its curve continued.
 *
 * @returns A sentence instead, where there is too little to conclude anything from.
 */
export function optimisticOutcome(
  context: PrunerContext,
  trial: RunningTrial,
  history: readonly FrozenTrial[],
  { groupBy, minTrials, neighbours, noiseFactor }: OutcomeOptions,
): OptimisticOutcome | string {
  const { maximize, name, stepName } = curveOf(context);
  const own = learningProgress(trial.intermediateValues, maximize);
  if (own === undefined) return 'no finite value is reported yet';
  const step = own.steps[own.steps.length - 1];
  const best = own.best[own.best.length - 1];

  const finished = history.flatMap((other) => {
    if (other.state !== 'COMPLETE' || other.number === trial.number || (other.weight ?? 1) < 1) return [];
    const progress = learningProgress(other.intermediateValues, maximize);
    return progress === undefined ? [] : [{ trial: other, progress }];
  });
  // Without a known end a trial is taken to run as long as the longest before it.
  const end = trial.finalStep ?? finished.reduce((last, { progress }) => Math.max(last, endOf(progress)), step);
  const ahead = gainAhead(own, end - step);
  if (ahead === undefined) return `${own.steps.length} finite values are reported, 3 are needed`;

  const evidence = finished.flatMap(({ trial, progress }) => {
    const gain = gainFrom(progress, step, end);
    return gain === undefined ? [] : [{ trial, gain, distance: Math.abs(bestUpTo(progress, step)! - best) }];
  });
  const names =
    groupBy.length > 0 ? groupBy.filter((name) => Object.hasOwn(trial.params, name)) : categorical(trial, history);
  const group = nearestGroup(trial, evidence, names, minTrials);
  if (group === undefined) {
    return `${evidence.length} finished trials have gone on from ${stepName} ${step}, ${minTrials} are needed`;
  }
  const similar = group.members.sort((a, b) => a.distance - b.distance).slice(0, neighbours);
  const gained = largestToCome(similar.map(({ gain }) => gain));
  const trials = similar.map(({ trial }) => trial);
  const room = noiseFactor * noiseOf([trial.intermediateValues, ...trials.map((other) => other.intermediateValues)]);
  const highest = best + Math.max(gained, ahead) + room;
  const value = maximize ? highest : -highest;
  const source =
    ahead > gained ? 'as its own curve promises' : `as ${similar.length} finished trials ${group.words} suggest`;
  const words =
    `${name} ${formatValue(maximize ? best : -best)} at ${stepName} ${step} can become ${formatValue(value)}` +
    ` if it gains ${formatValue(Math.max(gained, ahead))} ${source}`;
  return { value, words: room > 0 ? `${words}, with ${formatValue(room)} for chance` : words, evidence: trials };
}

/**
 * How much a further one may gain: the largest gain so far, and room for a larger one, the range of the n gains over n − 1
 * (the upper end of a range of which n draws are known).
 */
function largestToCome(gains: readonly number[]): number {
  const largest = Math.max(...gains);
  return gains.length === 1 ? largest : largest + (largest - Math.min(...gains)) / (gains.length - 1);
}

/** What a finished trial gained from `step` to `end`; undefined where it did not go half of that way. */
function gainFrom(progress: LearningProgress, step: number, end: number): number | undefined {
  const then = bestUpTo(progress, step);
  if (then === undefined || endOf(progress) < (step + end) / 2) return undefined;
  const beyond = endOf(progress) >= end ? 0 : gainAhead(progress, end - endOf(progress));
  return beyond === undefined ? undefined : bestUpTo(progress, end)! - then + beyond;
}

function endOf({ steps }: LearningProgress): number {
  return steps[steps.length - 1];
}

/** The parameters that are choices, by the trials that have them. */
function categorical(trial: RunningTrial, history: readonly FrozenTrial[]): string[] {
  return Object.keys(trial.params).filter((name) =>
    history.some(({ distributions }) => distributions[name]?.type === 'categorical'),
  );
}

/** The evidence that agrees in as many parameters as leave `minTrials` of it. */
function nearestGroup(
  { params }: RunningTrial,
  evidence: readonly Evidence[],
  names: readonly string[],
  minTrials: number,
): { members: Evidence[]; words: string } | undefined {
  const agreeing = evidence.map((item) => names.filter((name) => item.trial.params[name] === params[name]).length);
  for (let wanted = names.length; wanted >= 0; wanted--) {
    const members = evidence.filter((_, index) => agreeing[index] >= wanted);
    if (members.length < minTrials) continue;
    const list = names.join(' and ');
    const words =
      wanted === 0
        ? 'of any kind'
        : wanted === names.length
          ? `with the same ${list}`
          : `with ${wanted} of ${list} the same`;
    return { members, words };
  }
  return undefined;
}
