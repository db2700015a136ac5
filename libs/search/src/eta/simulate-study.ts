import { Rng } from '#primitives';
import type { CandidateCost } from '../cost/device-training-cost.js';
import type { LogNormal } from '../cost/log-spread.js';
import { canBegin, fitEpochs } from '../fit-epochs.js';
import type { TrialDuration } from '../ports/trial-repository.js';
import type { SearchSpace, TrialParameters } from '../search-space.js';
import { BUDGET_HEARTBEAT_SECONDS, type BudgetLeft } from '../study-budget.js';
import type { TrialMix, TrialShape } from './draw-trials.js';

/** Says what trials of an architecture and depth cost on one device. */
export interface CandidateCosts {
  candidate(shape: Pick<TrialParameters, 'architecture' | 'retrainDepth'>): CandidateCost;
}

/** A worker that is alive. */
export interface SimulatedWorker {
  readonly id: string;
  readonly cost: CandidateCosts;
}

/** A study from now on. */
export interface StudyOutlook {
  /** RUNNING and WAITING trials, in order of the number; others are passed over. */
  readonly trials: readonly TrialDuration[];
  /** Trials that are not made yet. */
  readonly unmade: number;
  readonly mix: TrialMix;
  /** Of the search space: a trial is shortened to what there is time for. */
  readonly epochs: SearchSpace['epochs'];
  /** At least one. */
  readonly workers: readonly SimulatedWorker[];
  /** Work before the first new trial, all workers together, seconds. */
  readonly preparationSeconds: number;
  /** What trials took of this study, in parts of what they should have. @default 1 */
  readonly pace?: number;
  readonly left: Pick<BudgetLeft, 'wallSeconds' | 'beginSeconds' | 'trainSeconds'>;
  readonly seed: number;
}

/** Why no more trials are made. */
export type SimulatedEnd = 'trials' | 'wall' | 'begin' | 'train';

/** What is expected of a study from now on. */
export interface StudyForecast {
  /** Until it ends: the median, and the ends of a 90 % interval. */
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
  /** Means of the trials that will finish, and of the epochs that will be made. */
  readonly trials: number;
  readonly epochs: number;
  /** What ends it most often. */
  readonly end: SimulatedEnd;
}

const SIMULATIONS = 100;
/** More unmade trials than these go on at the pace of the ones that were simulated. */
const MOST_SIMULATED = 150;
/** One error for the whole study: a machine has other work tomorrow. */
const COMMON_BIAS = 0.04;
/** From one epoch to the next, where a trial's own pace is known. */
const PACE_NOISE = 0.05;

/**
 * Plays a study to its end many times, with what is uncertain drawn anew each time: what a sampler proposes, how far trials
 * get, what they take. Deterministic for a seed.
 */
export function simulateStudy(outlook: StudyOutlook): StudyForecast {
  const runs = Array.from({ length: SIMULATIONS }, (_, index) =>
    new Run(outlook, new Rng(outlook.seed).fork(`run ${index}`)).play(),
  );
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b);
  const at = (part: number) => seconds[Math.round(part * (seconds.length - 1))] as number;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ends = runs.map(({ end }) => end).sort();
  return {
    seconds: at(0.5),
    low: at(0.05),
    high: at(0.95),
    trials: mean(runs.map(({ trials }) => trials)),
    epochs: mean(runs.map(({ epochs }) => epochs)),
    end: ends.reduce((best, end) => (countOf(ends, end) > countOf(ends, best) ? end : best)),
  };
}

function countOf<Value>(values: readonly Value[], value: Value): number {
  return values.filter((candidate) => candidate === value).length;
}

interface Played {
  readonly seconds: number;
  readonly trials: number;
  readonly epochs: number;
  readonly end: SimulatedEnd;
}

/** What one trial takes. */
interface Taken {
  readonly seconds: number;
  readonly epochs: number;
  readonly epochSeconds: number;
}

class Run {
  /** When each worker is free, seconds from now. */
  readonly #free: number[];
  readonly #biases = new Map<string, number>();
  readonly #begun = new Set<string>();
  readonly #pace: number;
  #trainSeconds = 0;
  #trials = 0;
  #epochs = 0;
  #last = 0;

  constructor(
    private readonly outlook: StudyOutlook,
    private readonly rng: Rng,
  ) {
    this.#free = outlook.workers.map(() => 0);
    this.#pace = (outlook.pace ?? 1) * Math.exp(COMMON_BIAS * rng.normal());
  }

  play(): Played {
    const { trials, workers, preparationSeconds, unmade, mix } = this.outlook;
    for (const trial of trials) if (trial.state === 'RUNNING') this.#goOn(trial);
    for (const worker of this.#free.keys()) this.#free[worker] += (preparationSeconds / workers.length) * this.#pace;
    let end: SimulatedEnd = 'trials';
    for (const { state, parameters } of trials) {
      if (state !== 'WAITING' || end !== 'trials') continue;
      end = this.#begin(parameters, true) ?? end;
    }
    const simulated = Math.min(unmade, MOST_SIMULATED);
    const before = { seconds: Math.max(...this.#free), trials: this.#trials, epochs: this.#epochs };
    for (let made = 0; made < simulated && end === 'trials'; made++)
      end = this.#begin(mix.draw(this.rng), false) ?? end;
    if (end === 'trials' && unmade > simulated) return this.#goOnAtPace(before, unmade - simulated, simulated);
    return { seconds: this.#last, trials: this.#trials, epochs: this.#epochs, end };
  }

  /** What is left of a trial that runs. */
  #goOn(trial: TrialDuration): void {
    const { parameters, epoch, fromEpoch, workerId, seconds } = trial;
    const worker = this.#workerOf(workerId);
    const share = Math.max(this.outlook.mix.share(this.rng), Math.min(1, (epoch + 1) / parameters.epochs));
    const epochs = Math.max(0, Math.round(share * parameters.epochs) - epoch);
    let left: number;
    let epochSeconds: number;
    if (epoch > fromEpoch) {
      epochSeconds = (trial.reportedSeconds / (epoch - fromEpoch)) * Math.exp(PACE_NOISE * this.rng.normal());
      left = epochs * epochSeconds - trial.sinceReportSeconds;
    } else {
      const taken = this.#take({ ...parameters, fromEpoch }, worker, share);
      epochSeconds = taken.epochSeconds;
      left = taken.seconds - (seconds ?? 0);
    }
    // However wrong a figure was: what runs is not over yet.
    this.#note(worker, Math.max(left, 0.1 * epochSeconds), epochs, epochSeconds);
  }

  /**
   * @param isWaiting Nobody may shorten it.
   * @returns Why the trial does not begin any more; undefined where it did.
   */
  #begin(proposed: TrialShape, isWaiting: boolean): SimulatedEnd | undefined {
    const { left, mix, workers } = this.outlook;
    const worker = this.#free.indexOf(Math.min(...this.#free));
    const start = this.#free[worker] as number;
    if (start >= left.beginSeconds) return 'begin';
    if (start >= left.wallSeconds) return 'wall';
    if (this.#trainSeconds >= left.trainSeconds) return 'train';
    const untrained = mix.secondsUntrained(proposed.architecture);
    if (untrained !== undefined) {
      this.#note(worker, untrained, 0, 0);
      return undefined;
    }
    const { cost } = workers[worker] as SimulatedWorker;
    const untilWall = left.wallSeconds - start;
    const shape = isWaiting
      ? canBegin(proposed, cost, untilWall) && proposed
      : fitEpochs(proposed, this.outlook.epochs, cost, untilWall);
    if (!shape) return 'wall';
    const { seconds, epochs, epochSeconds } = this.#take(shape, worker, mix.share(this.rng));
    this.#note(worker, seconds, epochs, epochSeconds);
    return undefined;
  }

  #take(shape: TrialShape, worker: number, share: number): Taken {
    const { cost } = this.outlook.workers[worker] as SimulatedWorker;
    const { epoch, fixed, firstFixed } = cost.candidate(shape);
    const key = `${shape.retrainDepth}/${shape.architecture}`;
    const isFirst = firstFixed !== null && !this.#begun.has(key);
    this.#begun.add(key);
    const epochSeconds = this.#draw(`epoch/${key}`, epoch);
    const rest = isFirst ? this.#draw(`first/${key}`, firstFixed) : this.#draw('fixed', fixed);
    const epochs = Math.max(1, Math.round(share * shape.epochs) - (shape.fromEpoch ?? 0));
    return { seconds: rest + epochs * epochSeconds, epochs, epochSeconds };
  }

  /** A duration: its bias is one for all of its kind in this run, its noise its own. */
  #draw(kind: string, { median, bias, noise }: LogNormal): number {
    const known = this.#biases.get(kind);
    const normal = known ?? this.rng.normal();
    if (known === undefined) this.#biases.set(kind, normal);
    return this.#pace * median * Math.exp(bias * normal + noise * this.rng.normal());
  }

  #note(worker: number, seconds: number, epochs: number, epochSeconds: number): void {
    const { left } = this.outlook;
    const start = this.#free[worker] as number;
    // Where the time is over a trial ends with the epoch that it is in, or without one with a heartbeat.
    const isBegun = start + seconds - epochs * epochSeconds + epochSeconds <= left.wallSeconds;
    const late = (isBegun ? epochSeconds : BUDGET_HEARTBEAT_SECONDS) * this.rng.float();
    const end = Math.min(start + seconds, Math.max(start, left.wallSeconds + late));
    this.#free[worker] = end;
    this.#last = Math.max(this.#last, end);
    this.#trainSeconds += epochs * epochSeconds;
    this.#trials += 1;
    this.#epochs += epochs;
  }

  #goOnAtPace(
    before: { readonly seconds: number; readonly trials: number; readonly epochs: number },
    more: number,
    simulated: number,
  ): Played {
    const { left } = this.outlook;
    const per = (now: number, then: number) => Math.max(1e-6, (now - then) / simulated);
    const secondsPerTrial = per(Math.max(...this.#free), before.seconds);
    const wanted = this.#last + more * secondsPerTrial;
    const trainPerSecond = this.#trainSeconds / Math.max(1e-6, this.#last);
    const limits: readonly (readonly [SimulatedEnd, number])[] = [
      ['trials', wanted],
      ['wall', left.wallSeconds],
      ['begin', left.beginSeconds],
      ['train', trainPerSecond > 0 ? left.trainSeconds / trainPerSecond : Number.POSITIVE_INFINITY],
    ];
    const [end, seconds] = limits.reduce((a, b) => (b[1] < a[1] ? b : a));
    const made = Math.round(Math.max(0, seconds - this.#last) / secondsPerTrial);
    return {
      seconds: Math.max(this.#last, seconds),
      trials: this.#trials + made,
      epochs: this.#epochs + made * per(this.#epochs, before.epochs),
      end,
    };
  }

  #workerOf(workerId: string | null): number {
    const index = this.outlook.workers.findIndex(({ id }) => id === workerId);
    return index < 0 ? this.#free.indexOf(Math.min(...this.#free)) : index;
  }
}
