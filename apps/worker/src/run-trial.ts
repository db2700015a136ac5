/**
 * @file One trial, from pictures to checkpoint: the one place where a trial meets a tensor. The zoo's network and the
 * engine's compiled training are joined here; neither knows the other.
 */
import { join } from 'node:path';
import type {
  ContinueResponse,
  EpochReport,
  FinishTrialRequest,
  PointMeasures,
  TrajectoryPoint,
  TrialClaim,
  TrialMeasures,
  Verdict,
} from '#api-contract';
import { DivergedError, type EngineDevice, NonFiniteFeatureError, type Trainer, type TrainingPlan } from '#engine';
import { type Clock, DomainError, type NamedTensor } from '#primitives';
import type { FinishBody } from './api-client.js';
import { type CheckpointStore, saveCheckpoint } from './checkpoint.js';
import type { CompiledStep } from './compiled-step.js';
import { describeDevice } from './device.js';
import { latencyExecution } from './devices/latency-device.js';
import { evaluateTail } from './evaluate-tail.js';
import type { FeatureUse } from './feature-use.js';
import { fittedHead, frozenFeatures } from './frozen-work.js';
import { initialStateHash, keepNetwork } from './keep-network.js';
import { keepManifest, keepPictures } from './keep-pictures.js';
import { keepTrainer } from './keep-trainer.js';
import { learningRateOf } from './learning-rate-of.js';
import type { PictureStore, TrialPictures } from './load-pictures.js';
import { viewsOf } from './picture-views.js';
import { countParameters, isParameter, profileNetwork } from './profile-network.js';
import { replaceTensors } from './replace-tensors.js';
import { tensorsOf } from './run-blocks.js';
import { type Score, scoreLogits } from './score-logits.js';
import type { StartedNetwork } from './start-network.js';
import { frozenExamples, pictureExamples, type TrainingExamples } from './training-examples.js';
import { type ContinueAsk, type ResumedTraining, Trajectory, type TrajectoryTools } from './trajectory.js';

import { WarmCache } from './warm-cache.js';
import { WorkMemory } from './work-memory.js';

/** What a trial needs of the world. */
export interface TrialTools {
  readonly clock: Clock;
  readonly store: PictureStore & CheckpointStore;
  /** Folder for decoded pictures; rebuilt when it is lost. */
  readonly cacheFolder: string;
  /** Threads of the device, >= 1: of every session of the trial. */
  readonly threads: number;
  /** Where every session of the trial runs. @default the processor */
  readonly device?: EngineDevice;
  /** Model of that device. @default this machine's processor */
  readonly deviceName?: string;
  /** Of that device, where it is known; lowers the batch on a graphics card that has too little. */
  readonly memoryBytes?: number;
  /** Folder of the bundled weights. @default the one in the repository */
  readonly weightsFolder?: string;
  /** Folder of imported weights. @default none are looked for */
  readonly importedWeightsFolder?: string;
  /** What earlier trials of the process left ready. @default nothing, and nothing is left */
  readonly warm?: WarmCache;
  /** Bytes that kept features may take on disk. @default 20 GiB, see `shrinkFolder` */
  readonly featureBytes?: number;
  /** Where the features of the frozen blocks came from. */
  featuresFound?(use: FeatureUse): void;
  /** The training step is ready. */
  compiled?(step: CompiledStep): void;
  /** Latency and size are known. */
  profile(measures: Partial<TrialMeasures>): Promise<Verdict>;
  /** What is on record of a training. @default nothing, and nothing is recorded */
  continueFrom?(ask: ContinueAsk): Promise<ContinueResponse['from']>;
  /** As in `TrajectoryTools`. */
  readonly secondsBetweenPoints?: TrajectoryTools['secondsBetweenPoints'];
  /** An epoch is done; `point` holds what it left, where that was written. */
  report(report: EpochReport, point?: TrajectoryPoint): Promise<Verdict>;
  /** Everything measured so far, told after each step: what remains of a trial that dies. */
  measured(measures: Partial<TrialMeasures>): void;
}

/** Every training step had a finite loss, but the network it left does not. */
class ValidationDivergedError extends DomainError {
  readonly code = 'DIVERGED';
  constructor(epoch: number, learningRate: number) {
    super(`Training diverged: the validation loss after epoch ${epoch} is not finite at learning rate ${learningRate}`);
  }
}

/** Results of the trial: another attempt would end alike. */
const notFiniteErrors = [DivergedError, ValidationDivergedError, NonFiniteFeatureError];

export type TrialResult = FinishBody<FinishTrialRequest>;

/**
 * Runs a trial. The same claim gives the same checkpoint, byte for byte, on one device class and one set of library
 * versions; the final weights are those of the last epoch.
 *
 * @throws {Error} for what is no result of the trial: a missing picture, weights that are not at hand.
 */
export async function runTrial(claim: TrialClaim, tools: TrialTools): Promise<TrialResult> {
  const { warm = new WarmCache(0) } = tools;
  const meter = new Meter(tools, new WorkMemory(() => warm.reusedBytes));
  try {
    return await new TrialRun(claim, { ...tools, warm }, meter).run();
  } catch (error) {
    if (!notFiniteErrors.some((type) => error instanceof type)) throw error;
    const { message } = error as DomainError;
    return { state: 'FAIL', failReason: 'diverged', message, measures: meter.measures() };
  } finally {
    await warm.end();
  }
}

class TrialRun {
  readonly #seconds: () => number;

  constructor(
    private readonly claim: TrialClaim,
    private readonly tools: TrialTools & { readonly warm: WarmCache },
    private readonly meter: Meter,
  ) {
    this.#seconds = () => tools.clock.monotonicMs() / 1000;
  }

  async run(): Promise<TrialResult> {
    const { claim, tools, meter } = this;
    const started = await keepNetwork(claim, tools.warm, tools.weightsFolder, tools.importedWeightsFolder);
    const cut = started.network.cut(claim.parameters.retrainDepth);
    const verdict = await this.#profile(started, cut);
    if (verdict.action !== 'continue') return this.#ended(verdict);
    const trajectory = await this.#trajectory(started, cut);
    if (trajectory?.isAnswered) return this.#answered(started, trajectory.resumed as ResumedTraining);
    const pictures = await keepPictures(claim, started.image, tools);
    meter.add({ decodeSeconds: pictures.decodeSeconds });
    return this.#train(started, pictures, cut, trajectory);
  }

  /** What is known of the network before it is trained: on record already, or measured now and told. */
  async #profile({ network, tensors }: StartedNetwork, cut: number): Promise<Verdict> {
    const { claim, tools, meter } = this;
    if (claim.profile) {
      const { latencyDevice: _, ...known } = claim.profile;
      const { trainedParameterCount } = countParameters(network, cut);
      meter.set({ ...known, trainedParameterCount });
      return { action: 'continue', reason: null };
    }
    const { threads, device } = tools;
    const measured = { latencyBatch: claim.training.latencyBatch, threads, device: device && latencyExecution(device) };
    const profile = await profileNetwork(network, tensors, cut, measured);
    meter.add({ compileSeconds: profile.compileSeconds });
    meter.set(profile.measures);
    return tools.profile(meter.measures());
  }

  /** Which training this is, and what of it is on record; null where nothing is shared. No picture is decoded for it. */
  async #trajectory(started: StartedNetwork, cut: number): Promise<Trajectory | null> {
    const { claim, tools } = this;
    const { continueFrom, deviceName = describeDevice().name } = tools;
    if (!continueFrom || !claim.reuse.trajectories) return null;
    const manifest = await keepManifest(claim, tools.store, tools.warm);
    const count = manifest.images.filter(({ split }) => split === 'train').length;
    const batchSize = Math.min(claim.training.batchSize, count);
    return Trajectory.of(claim, started, cut, batchSize, { ...tools, continueFrom, deviceName });
  }

  async #train(
    started: StartedNetwork,
    pictures: TrialPictures,
    cut: number,
    trajectory: Trajectory | null,
  ): Promise<TrialResult> {
    const { claim, meter } = this;
    const resumed = trajectory?.resumed ?? null;
    const began = this.#seconds();
    const { examples, tensors } = await this.#begin(started, pictures, cut, resumed);
    meter.add({ computedSeconds: this.#seconds() - began });
    const plan: TrainingPlan = {
      forward: (x, context) => started.network.forward(x, context, cut),
      tensors: tensorsOf(started.network, tensors, cut),
      slots: resumed?.slots,
      trainable: trainableFrom(started),
      inputShape: examples.shape,
      classes: claim.dataset.classes.length,
      batchSize: Math.min(claim.training.batchSize, pictures.train.labels.length),
      momentum: claim.training.momentum,
      weightDecay: claim.training.weightDecay,
      seed: claim.seed,
      threads: this.tools.threads,
      device: this.tools.device,
    };
    const { cacheFolder, memoryBytes } = this.tools;
    const options = { cacheFolder: join(cacheFolder, 'compiled'), memoryBytes };
    const { trainer, step } = await keepTrainer(started, cut, plan, options, this.tools);
    if (trajectory && trainer.batchSize !== trajectory.batchSize) {
      return this.#again(started, pictures, cut, await trajectory.withBatchSize(trainer.batchSize));
    }
    meter.set({ trainBatchSize: trainer.batchSize });
    this.tools.compiled?.(step);
    meter.add({ compileSeconds: step.compileMs / 1000 });
    const initialStateSha256 =
      resumed?.initialStateSha256 ?? (await initialStateHash(started, claim.seed, tensors, this.tools.warm));
    const course = { trainer, trajectory, initialStateSha256 };
    const end = await this.#epochs(course, started, pictures, examples, cut);
    return end.verdict ? await this.#pruned(end.verdict, course) : await this.#complete(started, course, end.score);
  }

  /** The device has memory for smaller batches only: that is another training, of which other epochs may be on record. */
  #again(started: StartedNetwork, pictures: TrialPictures, cut: number, trajectory: Trajectory): Promise<TrialResult> {
    this.meter.restart();
    if (trajectory.isAnswered) return Promise.resolve(this.#answered(started, trajectory.resumed as ResumedTraining));
    return this.#train(started, pictures, cut, trajectory);
  }

  /** What the trained blocks read, and the state they begin with: frozen work. */
  async #begin(started: StartedNetwork, pictures: TrialPictures, cut: number, resumed: ResumedTraining | null) {
    const { claim, meter } = this;
    const { network, weights } = started;
    const views = viewsOf(claim.training);
    const whole = pictureExamples(pictures, network.imageSize, views);
    if (!weights) return { examples: whole, tensors: resumed ? this.#resume(resumed) : started.tensors };
    const { featureDtype } = claim.training;
    const task = { started, pictures, dataset: claim.dataset, featureDtype };
    const compiled = (compileSeconds: number) => meter.add({ compileSeconds });
    const { reuse } = claim;
    const tools = { ...this.tools, counted: this.tools.featuresFound, isReused: reuse.features, compiled };
    const features = cut === 0 ? undefined : await frozenFeatures(task, cut, tools);
    const examples = features ? frozenExamples(task, cut, tools, features, views) : whole;
    if (resumed) return { examples, tensors: this.#resume(resumed) };
    meter.add({ evaluationSeconds: features?.evaluationSeconds ?? 0 });
    if (claim.training.headInit === 'random') {
      meter.add({ trainSeconds: features?.trainSeconds ?? 0 });
      return { examples, tensors: started.tensors };
    }
    const atHead = cut === network.cut('shallow') ? features : undefined;
    const head = await fittedHead(task, tools, atHead);
    // The seconds of the head's own features are in those of the head.
    meter.add({ trainSeconds: head.trainSeconds + (atHead ? 0 : (features?.trainSeconds ?? 0)) });
    return { examples, tensors: replaceTensors(started.tensors, head.tensors) };
  }

  /** The seconds of a training on record have the frozen work in them already. */
  #resume({ tensors, measures }: ResumedTraining): readonly NamedTensor[] {
    const { trainSeconds, evaluationSeconds } = measures;
    this.meter.add({ trainSeconds, evaluationSeconds });
    return tensors;
  }

  async #epochs(
    { trainer, trajectory, initialStateSha256 }: Course,
    started: StartedNetwork,
    pictures: TrialPictures,
    examples: TrainingExamples,
    cut: number,
  ): Promise<{ verdict: Verdict; score?: undefined } | { verdict: null; score: Score }> {
    const { claim, meter } = this;
    const { epochs } = claim.parameters;
    const { labels } = pictures.train;
    let score: Score | undefined;
    for (let epoch = trajectory?.resumed?.epoch ?? 0; epoch < epochs; epoch++) {
      const learningRate = learningRateOf(claim.training.schedule, claim.parameters.learningRate, epoch);
      const began = this.#seconds();
      const { inputs, frozenSeconds } = await examples.train(epoch);
      const start = this.#seconds();
      meter.add({ trainSeconds: frozenSeconds, computedSeconds: start - began });
      const { loss } = await trainer.trainEpoch({ inputs, labels }, { epoch, learningRate });
      const trained = this.#seconds();
      const tail = { started, cut, inputShape: examples.shape };
      const evaluated = await evaluateTail(tail, trainer.current(), examples.validation, this.tools);
      score = scoreLogits(evaluated.value, pictures.validation.labels, claim.dataset.classes.length);
      const evaluationSeconds = evaluated.seconds;
      const trainSeconds = trained - start;
      meter.add({ trainSeconds, compileSeconds: evaluated.compileSeconds, evaluationSeconds });
      meter.add({ computedSeconds: trainSeconds + evaluationSeconds });
      if (!Number.isFinite(score.loss)) throw new ValidationDivergedError(epoch + 1, learningRate);
      meter.set(scoreMeasures(score, pictures));
      const isDue = epoch + 1 < epochs && trajectory?.isPointDue(meter.pointMeasures().trainSeconds);
      const point = isDue ? await trajectory?.point(trainer, initialStateSha256, meter.pointMeasures()) : undefined;
      const report = {
        epoch: epoch + 1,
        trainLoss: loss,
        validationLoss: score.loss,
        accuracy: score.accuracy,
        trainSeconds,
        evaluationSeconds,
      };
      const verdict = await this.tools.report(report, point);
      if (verdict.action !== 'continue') return { verdict };
    }
    if (!score) throw new RangeError(`epochs is ${epochs}, must be at least 1`);
    return { verdict: null, score };
  }

  async #complete(
    started: StartedNetwork,
    { trainer, trajectory, initialStateSha256 }: Course,
    score: Score,
  ): Promise<TrialResult> {
    const point = await trajectory?.point(trainer, initialStateSha256, this.meter.pointMeasures());
    const checkpoint = point?.checkpoint ?? (await saveCheckpoint(started, trainer.current(), this.claim, this.tools));
    return {
      state: 'COMPLETE',
      // Every field is set by now: profile, epochs and score have passed.
      measures: { ...this.meter.measures(), accuracy: score.accuracy } as TrialMeasures,
      checkpoint,
      initialStateSha256,
      weights: started.weights && { name: started.weights.name, sha256: started.weights.sha256 },
      ...(point && { point }),
    };
  }

  /** All epochs are on record: nothing is trained, and nothing new is to be recorded. */
  #answered(started: StartedNetwork, resumed: ResumedTraining): TrialResult {
    const { checkpoint, initialStateSha256, measures, reports } = resumed;
    const { trainSeconds, evaluationSeconds, ...counts } = measures;
    const { accuracy, validationLoss } = reports[reports.length - 1];
    this.meter.add({ trainSeconds, evaluationSeconds });
    this.meter.set({ ...counts, accuracy, validationLoss });
    return {
      state: 'COMPLETE',
      measures: this.meter.measures() as TrialMeasures,
      checkpoint,
      initialStateSha256,
      weights: started.weights && { name: started.weights.name, sha256: started.weights.sha256 },
    };
  }

  /** A trial that is stopped may be continued by one that is not. */
  async #pruned(verdict: Verdict, { trainer, trajectory, initialStateSha256 }: Course): Promise<TrialResult> {
    const result = this.#ended(verdict);
    const measures = this.meter.pointMeasures();
    if (result.state !== 'PRUNED' || !trajectory?.isWorthWriting(measures.trainSeconds)) return result;
    return { ...result, point: await trajectory.point(trainer, initialStateSha256, measures) };
  }

  #ended(verdict: Verdict): TrialResult {
    const measures = this.meter.measures();
    const reason = verdict.reason ?? 'no reason given';
    if (verdict.action === 'prune') return { state: 'PRUNED', reason: reason.slice(0, 500), measures };
    return { state: 'FAIL', failReason: 'cancelled', message: reason, measures };
  }
}

/** A training under way. */
interface Course {
  readonly trainer: Trainer;
  /** Null where nothing is shared. */
  readonly trajectory: Trajectory | null;
  readonly initialStateSha256: string;
}

type Durations = Required<
  Pick<TrialMeasures, 'decodeSeconds' | 'compileSeconds' | 'trainSeconds' | 'evaluationSeconds' | 'computedSeconds'>
>;

/** Adds up what a trial costs. */
class Meter {
  readonly #durations: { -readonly [Name in keyof Durations]: number } = {
    decodeSeconds: 0,
    compileSeconds: 0,
    trainSeconds: 0,
    evaluationSeconds: 0,
    computedSeconds: 0,
  };
  #rest: Partial<TrialMeasures> = {};

  constructor(
    private readonly tools: Pick<TrialTools, 'measured'>,
    private readonly memory: WorkMemory,
  ) {}

  add(seconds: Partial<Durations>): void {
    for (const key of Object.keys(seconds) as (keyof Durations)[]) this.#durations[key] += seconds[key] ?? 0;
    this.tools.measured(this.measures());
  }

  set(measures: Partial<TrialMeasures>): void {
    this.#rest = { ...this.#rest, ...measures };
    this.tools.measured(this.measures());
  }

  /** Another training begins; what was computed for the one that did not remains computed. */
  restart(): void {
    Object.assign(this.#durations, { trainSeconds: 0, evaluationSeconds: 0 });
  }

  /** What a point tells of the training so far. */
  pointMeasures(): PointMeasures {
    const { trainSeconds, evaluationSeconds } = this.#durations;
    const { correct = 0, validationImages = 1, trainBatchSize = 1 } = this.#rest;
    return { correct, validationImages, trainBatchSize, trainSeconds, evaluationSeconds };
  }

  measures(): Partial<TrialMeasures> {
    return { ...this.#rest, ...this.#durations, peakMemoryBytes: this.memory.peakBytes() };
  }
}

function scoreMeasures({ accuracy, correct, loss }: Score, { validation }: TrialPictures): Partial<TrialMeasures> {
  return { accuracy, correct, validationLoss: loss, validationImages: validation.labels.length };
}

/** The optimizer changes parameters; batch norm looks after its statistics itself. */
function trainableFrom({ network }: StartedNetwork): (name: string) => boolean {
  const names = new Set(network.tensors.filter((spec) => isParameter(spec)).map(({ name }) => name));
  return (name) => names.has(name);
}
