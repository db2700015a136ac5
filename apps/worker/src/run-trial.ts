/**
 * @file One trial, from pictures to checkpoint: the one place where a trial meets a tensor. The zoo's network and the
 * engine's compiled training are joined here; neither knows the other.
 */
import { join } from 'node:path';
import type { EpochReport, FinishTrialRequest, TrialClaim, TrialMeasures, Verdict } from '#api-contract';
import {
  createTrainer,
  DivergedError,
  type EngineDevice,
  NonFiniteFeatureError,
  type Trainer,
  type TrainingPlan,
} from '#engine';
import { type Clock, DomainError, type NamedTensor } from '#primitives';
import type { FinishBody } from './api-client.js';
import { type CheckpointStore, hashTensors, saveCheckpoint } from './checkpoint.js';
import type { CompiledStep } from './compiled-step.js';
import { latencyExecution } from './devices/latency-device.js';
import { fittedHead, frozenFeatures } from './frozen-work.js';
import { loadPictures, type PictureStore, type TrialPictures } from './load-pictures.js';
import { countParameters, isParameter, profileNetwork } from './profile-network.js';
import { runBlocks, tensorsOf } from './run-blocks.js';
import { type Score, scoreLogits } from './score-logits.js';
import { type StartedNetwork, startNetwork } from './start-network.js';

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
  /** Of that device, where it is known; lowers the batch on a graphics card that has too little. */
  readonly memoryBytes?: number;
  /** Folder of the bundled weights. @default the one in the repository */
  readonly weightsFolder?: string;
  /** Folder of imported weights. @default none are looked for */
  readonly importedWeightsFolder?: string;
  /** The training step is ready. */
  compiled?(step: CompiledStep): void;
  /** Latency and size are known. */
  profile(measures: Partial<TrialMeasures>): Promise<Verdict>;
  /** An epoch is done. */
  report(report: EpochReport): Promise<Verdict>;
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
  const meter = new Meter(tools);
  try {
    return await new TrialRun(claim, tools, meter).run();
  } catch (error) {
    if (!notFiniteErrors.some((type) => error instanceof type)) throw error;
    const { message } = error as DomainError;
    return { state: 'FAIL', failReason: 'diverged', message, measures: meter.measures() };
  }
}

class TrialRun {
  readonly #seconds: () => number;

  constructor(
    private readonly claim: TrialClaim,
    private readonly tools: TrialTools,
    private readonly meter: Meter,
  ) {
    this.#seconds = () => tools.clock.monotonicMs() / 1000;
  }

  async run(): Promise<TrialResult> {
    const { claim, tools, meter } = this;
    const started = startNetwork(claim, tools.weightsFolder, tools.importedWeightsFolder);
    const pictures = await loadPictures(claim, started.image, tools);
    meter.add({ decodeSeconds: pictures.decodeSeconds });
    const cut = started.network.cut(claim.parameters.retrainDepth);
    if (claim.profile) {
      const { latencyDevice: _, ...known } = claim.profile;
      const { trainedParameterCount } = countParameters(started.network, cut);
      meter.set({ ...known, trainedParameterCount });
      return this.#train(started, pictures, cut);
    }
    const { threads, device } = tools;
    const measured = { latencyBatch: claim.training.latencyBatch, threads, device: device && latencyExecution(device) };
    const profile = await profileNetwork(started.network, started.tensors, cut, measured);
    meter.add({ compileSeconds: profile.compileSeconds });
    meter.set(profile.measures);
    const verdict = await tools.profile(meter.measures());
    if (verdict.action !== 'continue') return this.#ended(verdict);
    return this.#train(started, pictures, cut);
  }

  async #train(started: StartedNetwork, pictures: TrialPictures, cut: number): Promise<TrialResult> {
    const { claim, meter } = this;
    const { examples, tensors } = await this.#begin(started, pictures, cut);
    const plan: TrainingPlan = {
      forward: (x, context) => started.network.forward(x, context, cut),
      tensors: tensorsOf(started.network, tensors, cut),
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
    const trainer = await createTrainer(plan, { cacheFolder: join(cacheFolder, 'compiled'), memoryBytes });
    meter.set({ trainBatchSize: trainer.batchSize });
    const { batchSize, compileMs, fromCache, nodesOnCpu } = trainer;
    this.tools.compiled?.({ batchSize, compileMs, fromCache, nodesOnCpu });
    meter.add({ compileSeconds: trainer.compileMs / 1000 });
    try {
      const end = await this.#epochs(trainer, started, pictures, examples, cut);
      return end.verdict ? this.#ended(end.verdict) : await this.#complete(started, tensors, trainer, end.score);
    } finally {
      await trainer.dispose();
    }
  }

  /** What the trained blocks read, and the state they begin with: frozen work. */
  async #begin(started: StartedNetwork, pictures: TrialPictures, cut: number) {
    const { claim, meter } = this;
    const { network, weights } = started;
    const sets = { train: pictures.train.inputs, validation: pictures.validation.inputs };
    const whole: Examples = { shape: [network.imageSize, network.imageSize, 3], ...sets };
    if (!weights) return { examples: whole, tensors: started.tensors };
    const task = { started, pictures, dataset: claim.dataset };
    const compiled = (compileSeconds: number) => meter.add({ compileSeconds });
    const { clock, cacheFolder, threads, device } = this.tools;
    const tools = { clock, cacheFolder, threads, device, compiled };
    const features = cut === 0 ? undefined : await frozenFeatures(task, cut, tools);
    meter.add({ evaluationSeconds: features?.evaluationSeconds ?? 0 });
    const examples = features ?? whole;
    if (claim.training.headInit === 'random') {
      meter.add({ trainSeconds: features?.trainSeconds ?? 0 });
      return { examples, tensors: started.tensors };
    }
    const atHead = cut === network.cut('shallow') ? features : undefined;
    const head = await fittedHead(task, tools, atHead);
    // The seconds of the head's own features are in those of the head.
    meter.add({ trainSeconds: head.trainSeconds + (atHead ? 0 : (features?.trainSeconds ?? 0)) });
    return { examples, tensors: withTensors(started.tensors, head.tensors) };
  }

  async #epochs(
    trainer: Trainer,
    started: StartedNetwork,
    pictures: TrialPictures,
    examples: Examples,
    cut: number,
  ): Promise<{ verdict: Verdict; score?: undefined } | { verdict: null; score: Score }> {
    const { learningRate, epochs } = this.claim.parameters;
    const data = { inputs: examples.train, labels: pictures.train.labels };
    let score: Score | undefined;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const start = this.#seconds();
      const { loss } = await trainer.trainEpoch(data, { epoch, learningRate });
      const trained = this.#seconds();
      const tail = {
        network: started.network,
        tensors: trainer.tensors(),
        from: cut,
        to: started.network.blocks.length,
        threads: this.tools.threads,
        device: this.tools.device,
      };
      const evaluated = await runBlocks({ ...tail, inputShape: examples.shape }, [examples.validation], () =>
        this.tools.clock.monotonicMs(),
      );
      score = scoreLogits(evaluated.value[0].data, pictures.validation.labels, this.claim.dataset.classes.length);
      const evaluationSeconds = evaluated.seconds;
      this.meter.add({ trainSeconds: trained - start, compileSeconds: evaluated.compileSeconds, evaluationSeconds });
      if (!Number.isFinite(score.loss)) throw new ValidationDivergedError(epoch + 1, learningRate);
      this.meter.set(scoreMeasures(score, pictures));
      const verdict = await this.tools.report({
        epoch: epoch + 1,
        trainLoss: loss,
        validationLoss: score.loss,
        accuracy: score.accuracy,
        trainSeconds: trained - start,
        evaluationSeconds,
      });
      if (verdict.action !== 'continue') return { verdict };
    }
    if (!score) throw new RangeError(`epochs is ${epochs}, must be at least 1`);
    return { verdict: null, score };
  }

  async #complete(
    started: StartedNetwork,
    initial: readonly NamedTensor[],
    trainer: Trainer,
    score: Score,
  ): Promise<TrialResult> {
    const checkpoint = await saveCheckpoint(started, trainer.tensors(), this.claim, this.tools);
    return {
      state: 'COMPLETE',
      // Every field is set by now: profile, epochs and score have passed.
      measures: { ...this.meter.measures(), accuracy: score.accuracy } as TrialMeasures,
      checkpoint,
      initialStateSha256: hashTensors(initial),
      weights: started.weights && { name: started.weights.name, sha256: started.weights.sha256 },
    };
  }

  #ended(verdict: Verdict): TrialResult {
    const measures = this.meter.measures();
    const reason = verdict.reason ?? 'no reason given';
    if (verdict.action === 'prune') return { state: 'PRUNED', reason: reason.slice(0, 500), measures };
    return { state: 'FAIL', failReason: 'cancelled', message: reason, measures };
  }
}

/** What the trained blocks read: pictures, or features of the frozen ones. */
interface Examples {
  readonly shape: readonly number[];
  readonly train: Float32Array;
  readonly validation: Float32Array;
}

function withTensors(tensors: readonly NamedTensor[], replacements: readonly NamedTensor[]): NamedTensor[] {
  const named = new Map(replacements.map((tensor) => [tensor.name, tensor]));
  return tensors.map((tensor) => named.get(tensor.name) ?? tensor);
}

type Durations = Pick<TrialMeasures, 'decodeSeconds' | 'compileSeconds' | 'trainSeconds' | 'evaluationSeconds'>;

/** Adds up what a trial costs. */
class Meter {
  readonly #durations = { decodeSeconds: 0, compileSeconds: 0, trainSeconds: 0, evaluationSeconds: 0 };
  #rest: Partial<TrialMeasures> = {};

  constructor(private readonly tools: Pick<TrialTools, 'measured'>) {}

  add(seconds: Partial<Durations>): void {
    for (const key of Object.keys(seconds) as (keyof Durations)[]) this.#durations[key] += seconds[key] ?? 0;
    this.tools.measured(this.measures());
  }

  set(measures: Partial<TrialMeasures>): void {
    this.#rest = { ...this.#rest, ...measures };
    this.tools.measured(this.measures());
  }

  measures(): Partial<TrialMeasures> {
    // maxRSS is in kilobytes on every platform.
    return { ...this.#rest, ...this.#durations, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 };
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
