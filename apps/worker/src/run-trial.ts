/**
 * @file One trial, from pictures to checkpoint: the one place where a trial meets a tensor. The zoo's network and the
 * engine's compiled training are joined here; neither knows the other.
 */
import { join } from 'node:path';
import type { EpochReport, FinishTrialRequest, TrialClaim, TrialMeasures, Verdict } from '#api-contract';
import { compileTrainer, DivergedError, type Trainer } from '#engine';
import { type Clock, DomainError } from '#primitives';
import type { FinishBody } from './api-client.js';
import { type CheckpointStore, hashTensors, saveCheckpoint } from './checkpoint.js';
import { libraryVersions } from './export-config.js';
import { FeatureCache } from './feature-cache.js';
import { loadPictures, type PictureStore, type TrialPictures } from './load-pictures.js';
import { isParameter, profileNetwork } from './profile-network.js';
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
  /** Folder of the pretrained weights. @default the bundled one */
  readonly weightsFolder?: string;
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
    if (!(error instanceof DivergedError || error instanceof ValidationDivergedError)) throw error;
    return { state: 'FAIL', failReason: 'diverged', message: error.message, measures: meter.measures() };
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
    const started = startNetwork(claim, tools.weightsFolder);
    const pictures = await loadPictures(claim, started.image, tools);
    meter.add({ decodeSeconds: pictures.decodeSeconds });
    const cut = started.network.cut(claim.parameters.retrainDepth);
    const measured = { latencyBatch: claim.training.latencyBatch, threads: tools.threads };
    const profile = await profileNetwork(started.network, started.tensors, cut, measured);
    meter.add({ compileSeconds: profile.compileSeconds });
    meter.set(profile.measures);
    const verdict = await tools.profile(meter.measures());
    if (verdict.action !== 'continue') return this.#ended(verdict);
    return this.#train(started, pictures, cut);
  }

  async #train(started: StartedNetwork, pictures: TrialPictures, cut: number): Promise<TrialResult> {
    const { claim, meter } = this;
    const examples = await this.#throughPrefix(started, pictures, cut);
    const trainer = await compileTrainer({
      forward: (x, context) => started.network.forward(x, context, cut),
      tensors: tensorsOf(started.network, started.tensors, cut),
      trainable: trainableFrom(started),
      inputShape: examples.shape,
      classes: claim.dataset.classes.length,
      batchSize: Math.min(claim.training.batchSize, pictures.train.labels.length),
      momentum: claim.training.momentum,
      weightDecay: claim.training.weightDecay,
      seed: claim.seed,
      threads: this.tools.threads,
    });
    meter.add({ compileSeconds: trainer.compileMs / 1000 });
    try {
      const end = await this.#epochs(trainer, started, pictures, examples, cut);
      return end.verdict ? this.#ended(end.verdict) : await this.#complete(started, trainer, end.score);
    } finally {
      await trainer.dispose();
    }
  }

  /** Frozen work is done once: every picture passes the frozen blocks a single time, in eval mode, for all trials. */
  async #throughPrefix(started: StartedNetwork, pictures: TrialPictures, cut: number): Promise<Examples> {
    const { network, tensors, weights, image } = started;
    const inputShape = [network.imageSize, network.imageSize, 3];
    const sets = [pictures.train.inputs, pictures.validation.inputs];
    if (cut === 0 || !weights) return { shape: inputShape, train: sets[0], validation: sets[1] };
    const cache = new FeatureCache(join(this.tools.cacheFolder, 'features'));
    const version = this.claim.dataset.version;
    const { threads } = this.tools;
    const versions = { ...libraryVersions(), threads };
    const key = FeatureCache.key([versions, weights.sha256, network.blocks[cut].name, image, version]);
    const kept = await cache.read(key);
    if (kept) {
      this.meter.add({ trainSeconds: kept.trainSeconds, evaluationSeconds: kept.evaluationSeconds });
      return kept;
    }
    const prefix = { network, tensors, from: 0, to: cut, inputShape, threads };
    const { value, compileSeconds, secondsBySet } = await runBlocks(prefix, sets, () => this.tools.clock.monotonicMs());
    const durations = { trainSeconds: secondsBySet[0], evaluationSeconds: secondsBySet[1] };
    this.meter.add({ compileSeconds, ...durations });
    const features = { shape: value[0].shape, train: value[0].data, validation: value[1].data, ...durations };
    await cache.write(key, features);
    return features;
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

  async #complete(started: StartedNetwork, trainer: Trainer, score: Score): Promise<TrialResult> {
    const checkpoint = await saveCheckpoint(started, trainer.tensors(), this.claim, this.tools);
    return {
      state: 'COMPLETE',
      // Every field is set by now: profile, epochs and score have passed.
      measures: { ...this.meter.measures(), accuracy: score.accuracy } as TrialMeasures,
      checkpoint,
      initialStateSha256: hashTensors(started.tensors),
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
