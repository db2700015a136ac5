import { untriedCount } from '#optuna-ts-client';
import { type Clock, hashSeed } from '#primitives';
import type { CostSource } from './cost/device-training-cost.js';
import { interval90, type LogNormal } from './cost/log-spread.js';
import type { TrainingCosts } from './cost/training-costs.js';
import { type PictureCounts, pictureCounts } from './cost/trial-seconds.js';
import type { CreateStudy } from './create-study.js';
import { trialMix } from './eta/draw-trials.js';
import { type SimulatedEnd, simulateStudy } from './eta/simulate-study.js';
import { type NeededPreparation, type RuledOut, studyPreparations } from './eta/study-preparations.js';
import { type StudyWorker, studyWorkers } from './eta/study-workers.js';
import type { SearchStorage } from './ports/search-storage.js';
import { searchDistributions } from './search-distributions.js';
import type { RetrainDepth, TrialParameters } from './search-space.js';
import type { AskedStudySpec, StudySpec } from './study.js';
import { type BudgetLimit, endOfBudget } from './study-budget.js';

/** Seconds as they are predicted, and the ends of a 90 % interval. */
export interface PredictedSeconds {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** What trials of one architecture and depth would take. */
export interface PlannedCandidate {
  readonly architecture: string;
  readonly retrainDepth: RetrainDepth;
  readonly epoch: PredictedSeconds;
  /** Everything else of the first trial. */
  readonly fixed: PredictedSeconds;
  readonly source: CostSource;
}

/** Workers of one kind of device. */
export interface PlannedDevice {
  readonly class: string;
  readonly name: string;
  readonly threads: number;
  readonly workers: number;
}

/** What a study would do, and how long it would take. */
export interface StudyPlan {
  readonly name: string;
  readonly dataset: PictureCounts & { readonly name: string };
  readonly workers: { readonly alive: number; readonly devices: readonly PlannedDevice[] };
  readonly candidates: readonly PlannedCandidate[];
  readonly ruledOut: readonly RuledOut[];
  readonly preparations: readonly NeededPreparation[];
  readonly trials: number;
  readonly epochs: number;
  readonly duration: PredictedSeconds;
  readonly limit: BudgetLimit | 'searchSpace';
  readonly reserveSeconds: number;
}

/** Plans studies without storing anything. */
export class PlanStudy {
  constructor(
    private readonly storage: SearchStorage,
    private readonly createStudy: CreateStudy,
    private readonly costs: TrainingCosts,
    private readonly clock: Clock,
  ) {}

  /**
   * What the study would do if it were created now, for the workers that are alive; for one of the kind that was seen last where
   * there is none.
   *
   * @throws {InvalidInputError} naming every wrong field, as creating it would.
   */
  async run(asked: AskedStudySpec): Promise<StudyPlan> {
    const { spec, dataset, enqueued, reserveSeconds } = await this.createStudy.check(asked);
    const workers = await studyWorkers(this.storage, this.costs, spec, dataset, 'last');
    const [{ device, cost }] = workers as readonly [StudyWorker, ...StudyWorker[]];
    const prepared = await studyPreparations(this.storage, spec, dataset, device, cost);
    const { ruledOut, needed } = prepared;
    const infeasible = new Set(ruledOut.map(({ architecture }) => architecture));
    const points = untriedCount(searchDistributions(spec.searchSpace), []);
    const wanted = Math.min(spec.trials, Math.max(points, enqueued.length));
    const seconds = endOfBudget(spec.budget, this.clock.now());
    const forecast = simulateStudy({
      trials: enqueued.map(({ parameters }, number) => waiting(parameters, number)),
      unmade: wanted - enqueued.length,
      epochs: spec.searchSpace.epochs,
      mix: trialMix(spec, [], enqueued.length, infeasible),
      workers,
      preparationSeconds: prepared.seconds,
      left: {
        wallSeconds: Math.max(0, seconds - reserveSeconds),
        beginSeconds: spec.timeoutSeconds ?? Number.POSITIVE_INFINITY,
        trainSeconds: spec.budget?.trainSeconds ?? Number.POSITIVE_INFINITY,
      },
      seed: hashSeed(spec.seed, 'plan'),
    });
    return {
      name: spec.name,
      dataset: { name: dataset.name, ...pictureCounts(dataset.classes) },
      workers: { alive: workers.filter(({ id }) => id !== '').length, devices: devicesOf(workers) },
      candidates: spec.searchSpace.architecture
        .filter((architecture) => !infeasible.has(architecture))
        .flatMap((architecture) =>
          spec.searchSpace.retrainDepth.map((retrainDepth) => {
            const { epoch, fixed, firstFixed, source } = cost.candidate({ architecture, retrainDepth });
            return { architecture, retrainDepth, epoch: shown(epoch), fixed: shown(firstFixed ?? fixed), source };
          }),
        ),
      ruledOut,
      preparations: needed,
      trials: Math.round(forecast.trials),
      epochs: Math.round(forecast.epochs),
      duration: { seconds: forecast.seconds, low: forecast.low, high: forecast.high },
      limit: limitOf(spec, forecast.end, points, this.clock.now()),
      reserveSeconds,
    };
  }
}

function shown(duration: LogNormal): PredictedSeconds {
  return { seconds: duration.median, ...interval90(duration) };
}

function waiting(parameters: TrialParameters, number: number) {
  const nothing = { epoch: 0, fromEpoch: 0, seconds: null, reportedSeconds: 0, sinceReportSeconds: 0, workerId: null };
  return { number, state: 'WAITING' as const, parameters, ...nothing };
}

function devicesOf(workers: readonly StudyWorker[]): PlannedDevice[] {
  const devices = new Map<string, PlannedDevice>();
  for (const { device } of workers) {
    const { class: deviceClass, name, threads } = device;
    const key = JSON.stringify([deviceClass, name, threads]);
    const count = (devices.get(key)?.workers ?? 0) + 1;
    devices.set(key, { class: deviceClass, name, threads, workers: count });
  }
  return [...devices.values()];
}

function limitOf({ trials, budget = {} }: StudySpec, end: SimulatedEnd, points: number, nowMs: number) {
  if (end === 'begin') return 'timeoutSeconds';
  if (end === 'train') return 'trainSeconds';
  if (end === 'trials') return points < trials ? 'searchSpace' : 'trials';
  const { wallClockSeconds = Number.POSITIVE_INFINITY } = budget;
  return endOfBudget({ deadline: budget.deadline }, nowMs) < wallClockSeconds ? 'deadline' : 'wallClockSeconds';
}
