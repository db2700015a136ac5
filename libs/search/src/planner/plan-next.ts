import type { MetricName } from '../metric-name.js';
import type { TrialHistory } from '../ports/trial-repository.js';
import type { TrialParameters } from '../search-space.js';
import type { AccuracyBelief } from './accuracy-belief.js';
import { fromScale } from './accuracy-scale.js';
import { type Candidate, candidatesOf } from './candidates.js';
import { epochRungs } from './epoch-rungs.js';
import { finalsOf } from './finalists.js';
import { fitBelief } from './fit-belief.js';
import { KnownMetrics } from './known-metrics.js';
import { earlierObservationsOf, observationsOf, pointOf, tellingObservations } from './observations.js';
import type { PlannedStep, PlannerInput } from './planner-input.js';
import { priorMean, probeObservations } from './prior-accuracy.js';
import { type RetuneOptions, retuneOptionsOf } from './retune-options.js';
import { spentSeconds } from './spent-seconds.js';
import { progressOf } from './trial-progress.js';
import { type Member, type Outlook, type TrialGain, type VolumeGain, VolumeGoals } from './volume-goals.js';

/** Observations that the process takes: its time grows with their cube. */
const MOST_OBSERVATIONS = 300;
/** Variance of a running trial that is believed to end as expected. */
const BELIEVED_VARIANCE = 1e-4;
/** Part of the way, in seconds, that a look shows at least. */
const LOOK_SHARE = 0.5;
/**
 * Part of the seconds spent so far that a trial counts for besides its own: a study that has run for an hour does not mind
 * whether the next trial takes a second or ten, and no small gains are picked up that larger ones make worthless.
 */
const PATIENCE = 0.1;
/** Results of trials alike, as the objectives see them, that are counted at what is believed of them. */
const MOST_ALIKE = 3;

/** The next step of a study whose sampler is `retune`. Pure: the same input gives the same step. */
export function planNext(input: PlannerInput): PlannedStep {
  const options = retuneOptionsOf(input.spec);
  if (input.trialsLeft <= 0) return { kind: 'done', reason: 'all trials are made' };
  const spent = spentSeconds(input.history, input.cost, options.sharing);
  const finals = finalsOf(input, options, spent);
  if (!finals.isTime) {
    const step = explore(input, options, spent);
    if (step !== 'nothing') return step;
  }
  const repetition = finals.repetitions.find(({ seconds }) => seconds <= input.secondsLeft);
  if (repetition !== undefined) {
    const { parameters, repeat, seconds } = repetition;
    const reason = `finalist, trained again with another seed (${repeat}) in ${secondsText(seconds)}`;
    return { kind: 'trial', parameters, repeat, reason };
  }
  if (finals.isTime) {
    const step = explore(input, options, spent);
    if (step !== 'nothing') return step;
  }
  if (input.history.some(({ state }) => state === 'RUNNING' || state === 'WAITING')) return { kind: 'wait' };
  return { kind: 'done', reason: 'nothing that fits the budget is expected to add to the front' };
}

/** A way to a rung of a candidate, and what it is worth. */
interface Way {
  readonly candidate: Candidate;
  /** Of the rung that pays most. */
  readonly epochs: number;
  readonly gain: number;
  readonly seconds: number;
  /** Gain per second, or the gain where seconds do not count. */
  readonly worth: number;
}

function explore(input: PlannerInput, options: RetuneOptions, spent: number): PlannedStep | 'nothing' {
  const { spec } = input;
  const rungs = epochRungs(spec.searchSpace.epochs);
  const scene = sceneOf(input, options, rungs);
  const price = trialPrice(input, scene, rungs);
  const probed = probeAsTrial(input, scene, rungs);
  if (probed !== undefined) return probed;
  const best = bestWay(waysOf(input, options, scene, rungs, price + PATIENCE * spent));
  if (best === undefined || !(best.gain > options.minimumGain * Math.max(scene.gain.volume, 1e-3))) return 'nothing';
  const { candidate } = best;
  const epochs = nextLook(input, options, best, rungs, price);
  const parameters = { ...candidate.configuration, epochs };
  return { kind: 'trial', parameters, repeat: 0, reason: describe(best, epochs, scene.gain) };
}

/**
 * Makes the best linear probe a trial while there is none of its depth: the least that a new head can be trained leaves about
 * what it began as, so the result is known, it costs next to nothing, and the study has a front.
 */
function probeAsTrial(
  { spec, history, probes, cost, secondsLeft }: PlannerInput,
  { candidates, gain, goals, outlookOf }: Scene,
  rungs: readonly number[],
): PlannedStep | undefined {
  if (spec.training.headInit !== 'probe') return undefined;
  if (history.some(({ parameters }) => parameters.retrainDepth === 'shallow')) return undefined;
  const [epochs] = rungs;
  const most = Math.min(secondsLeft, usualSeconds(cost, candidates, rungs));
  let best: { readonly candidate: Candidate; readonly gain: number; readonly accuracy: number } | undefined;
  for (const candidate of candidates) {
    const { architecture, retrainDepth } = candidate.configuration;
    const accuracy = probes.get(architecture)?.accuracy;
    if (retrainDepth !== 'shallow' || accuracy === undefined || !goals.meets(accuracy)) continue;
    const parameters = { ...candidate.configuration, epochs };
    if (cost.secondsOf(parameters, 0) > most) continue;
    const expected = gain.of(outlookOf(parameters)).at(accuracy);
    if (!(expected > 0) || (best !== undefined && expected < best.gain)) continue;
    if (best !== undefined && expected === best.gain && candidate.rate >= best.candidate.rate) continue;
    best = { candidate, gain: expected, accuracy };
  }
  if (best === undefined) return undefined;
  const reason = `the linear probe as a model: accuracy of about ${best.accuracy.toFixed(3)}`;
  return { kind: 'trial', parameters: { ...best.candidate.configuration, epochs }, repeat: 0, reason };
}

/** All that a step is decided from. */
interface Scene {
  readonly belief: AccuracyBelief;
  readonly candidates: readonly Candidate[];
  readonly gain: VolumeGain;
  readonly outlookOf: (parameters: TrialParameters) => Outlook;
  readonly goals: VolumeGoals;
}

function sceneOf(input: PlannerInput, options: RetuneOptions, rungs: readonly number[]): Scene {
  const { spec, history } = input;
  const profiles = options.profileGate ? input.profiles : new Map();
  const known = new KnownMetrics(history, profiles, spec.training.latencyBatch, input.cost);
  const outlookOf = outlooks(input, known);
  const mostEpochs = rungs[rungs.length - 1];
  const goals = new VolumeGoals(spec.objectives, spec.constraints, spanning(input, outlookOf, rungs));
  const belief = fitBelief(
    tellingObservations(
      [
        ...probeObservations(spec, input.probes),
        ...earlierObservationsOf(input.earlier ?? [], spec.warmStart?.weight ?? 1),
        ...observationsOf(history),
      ],
      MOST_OBSERVATIONS,
    ),
    priorMean(spec),
  );
  const members = membersOf(history, belief, goals, outlookOf);
  for (const { parameters } of history.filter(({ state }) => state === 'RUNNING' || state === 'WAITING')) {
    const point = pointOf(parameters);
    const value = belief.mean(point);
    belief.append({ point, value, variance: BELIEVED_VARIANCE });
    const outlook = outlookOf(parameters);
    const accuracy = fromScale(value);
    if (!goals.isInfeasible(outlook) && goals.meets(accuracy)) members.push(goals.member(outlook, accuracy));
  }
  const architectures = spec.searchSpace.architecture.filter((architecture) => {
    const [retrainDepth] = spec.searchSpace.retrainDepth;
    return !goals.isInfeasible(outlookOf({ architecture, retrainDepth, learningRate: 1, epochs: rungs[0] }, true));
  });
  const progress = progressOf(history);
  const candidates = candidatesOf(spec.searchSpace, architectures, progress, belief, mostEpochs);
  return { belief, candidates, gain: goals.beyond(members), outlookOf, goals };
}

type OutlookOf = (parameters: TrialParameters, withoutSeconds?: boolean) => Outlook;

/** What is known of trials; looked up once for all learning rates. */
function outlooks({ spec }: PlannerInput, known: KnownMetrics): OutlookOf {
  const remembered = new Map<string, Outlook>();
  return (parameters, withoutSeconds = false) => {
    const { architecture, retrainDepth, epochs } = parameters;
    const key = `${architecture} ${retrainDepth} ${epochs} ${withoutSeconds}`;
    const outlook = remembered.get(key);
    if (outlook !== undefined) return outlook;
    const lookUp = (metric: MetricName) =>
      withoutSeconds && metric === 'trainSeconds' ? undefined : known.of(metric, parameters);
    const made = {
      known: spec.objectives.map(({ metric }) => lookUp(metric)),
      constrained: spec.constraints.map(({ metric }) => lookUp(metric)),
    };
    remembered.set(key, made);
    return made;
  };
}

/** The outlooks that the scale of the volume is taken from: every architecture and depth, at the first rung and the last. */
function spanning({ spec }: PlannerInput, outlookOf: OutlookOf, rungs: readonly number[]): Outlook[] {
  const { architecture, retrainDepth, learningRate } = spec.searchSpace;
  return architecture.flatMap((name) =>
    retrainDepth.flatMap((depth) =>
      [rungs[0], rungs[rungs.length - 1]].map((epochs) =>
        outlookOf({ architecture: name, retrainDepth: depth, learningRate: learningRate.low, epochs }),
      ),
    ),
  );
}

/**
 * The feasible results. The best of those that are alike in all that is known are counted at what is believed of them: the
 * best of many counts was lucky.
 */
function membersOf(
  history: readonly TrialHistory[],
  belief: AccuracyBelief,
  goals: VolumeGoals,
  outlookOf: OutlookOf,
): Member[] {
  const alike = new Map<Outlook, TrialHistory[]>();
  for (const trial of history) {
    const { state, constraints, metrics, parameters } = trial;
    if (state !== 'COMPLETE' || metrics.accuracy === undefined) continue;
    if (constraints.some(({ violation }) => violation === null || violation > 0)) continue;
    const outlook = outlookOf(parameters);
    const group = alike.get(outlook);
    if (group === undefined) alike.set(outlook, [trial]);
    else group.push(trial);
  }
  return [...alike].flatMap(([outlook, trials]) => {
    const best = trials
      .sort((a, b) => (b.metrics.accuracy as number) - (a.metrics.accuracy as number))
      .slice(0, MOST_ALIKE);
    return best.map(({ parameters }) => goals.member(outlook, fromScale(belief.mean(pointOf(parameters)))));
  });
}

/** A way whose gain is not known to the last digit yet. */
interface OutlinedWay {
  /** More than it is worth, as good as always. */
  readonly bound: number;
  readonly exactly: () => Way;
}

/**
 * Every rung of every candidate that fits the budget.
 *
 * @param besides Seconds that every trial counts for besides its own.
 */
function waysOf(
  { cost, secondsLeft }: PlannerInput,
  { costAware, sharing }: RetuneOptions,
  { belief, candidates, gain, outlookOf, goals }: Scene,
  rungs: readonly number[],
  besides: number,
): OutlinedWay[] {
  const gains = new Map<Outlook, TrialGain>();
  return candidates.flatMap((candidate) => {
    const { configuration, rate } = candidate;
    const ways: OutlinedWay[] = [];
    for (const epochs of rungs) {
      if (epochs <= candidate.epochs) continue;
      const parameters = { ...configuration, epochs };
      const seconds = cost.secondsOf(parameters, sharing ? candidate.epochs : 0);
      if (seconds > secondsLeft) break;
      const outlook = outlookOf(parameters);
      if (goals.isInfeasible(outlook)) continue;
      const trialGain = gains.get(outlook) ?? gain.of(outlook);
      gains.set(outlook, trialGain);
      if (trialGain.isNothing) continue;
      const point = { ...configuration, rate, epoch: epochs };
      const divisor = costAware ? seconds + besides : 1;
      const exactly = (): Way => {
        const expected = trialGain.expected(belief.at(point));
        return { candidate, epochs, gain: expected, seconds, worth: expected / divisor };
      };
      ways.push({ bound: trialGain.expected(belief.outline(point)) / divisor, exactly });
    }
    return ways;
  });
}

/** The way that is worth most: looked at closely are only those that may be it. */
function bestWay(ways: readonly OutlinedWay[]): Way | undefined {
  let best: Way | undefined;
  for (const { bound, exactly } of ways.toSorted((a, b) => b.bound - a.bound)) {
    if (best !== undefined && bound <= best.worth) break;
    const way = exactly();
    if (way.gain > 0 && (best === undefined || way.worth > best.worth)) best = way;
  }
  return best;
}

/**
 * The rung to run now on the way to the one that pays most. A look on the way saves what is left of it where the candidate
 * disappoints; it is taken where it shows enough of the way, and what it may save is more than a start and a trial.
 */
function nextLook(
  { cost, spec }: PlannerInput,
  { costAware, sharing }: RetuneOptions,
  { candidate, epochs: goal, seconds: whole }: Way,
  rungs: readonly number[],
  price: number,
): number {
  if (!costAware || !sharing) return goal;
  // Where training time is an objective, what costs less is a result of its own.
  const isResult = spec.objectives.some(({ metric }) => metric === 'trainSeconds');
  for (const epochs of rungs) {
    if (epochs <= candidate.epochs) continue;
    if (epochs >= goal) break;
    if (isResult) return epochs;
    const parameters = { ...candidate.configuration, epochs };
    const seconds = cost.secondsOf(parameters, candidate.epochs);
    if (seconds >= LOOK_SHARE * whole && whole - seconds >= price + cost.secondsOf(parameters, epochs)) return epochs;
  }
  return goal;
}

/**
 * What a trial costs besides its seconds: it is one of those that are left. Where the study has time for more trials than it
 * may make, that is the time that each may take.
 */
function trialPrice(
  { secondsLeft, trialsLeft, cost }: PlannerInput,
  { candidates }: Scene,
  rungs: readonly number[],
): number {
  if (Number.isFinite(secondsLeft)) return secondsLeft / trialsLeft;
  return candidates.length === 0 ? 0 : usualSeconds(cost, candidates, rungs);
}

/** Median of what the candidates take to their last rung. */
function usualSeconds(cost: PlannerInput['cost'], candidates: readonly Candidate[], rungs: readonly number[]): number {
  const epochs = rungs[rungs.length - 1];
  const seconds = candidates.map(({ configuration }) => cost.secondsOf({ ...configuration, epochs }, 0));
  return Float64Array.from(seconds).sort()[seconds.length >> 1];
}

function describe({ candidate, epochs: goal, gain, seconds }: Way, epochs: number, { volume }: VolumeGain): string {
  const look = epochs < goal ? `, a first look at ${epochs} of ${goal} epochs` : '';
  const from = candidate.epochs > 0 ? ` from epoch ${candidate.epochs}` : '';
  return `expected to add ${Number(gain.toPrecision(2))} to the volume ${Number(volume.toPrecision(3))} of the front in ${secondsText(seconds)}${from}${look}`;
}

function secondsText(seconds: number): string {
  return `${Number(seconds.toPrecision(2))} s`;
}
