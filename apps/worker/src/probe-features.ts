import type { ProbeClaim, ProbeScore } from '#api-contract';
import { type EngineDevice, logMe } from '#engine';
import type { Clock } from '#primitives';
import { widenedFeatures } from './feature-values.js';
import type { FrozenTools } from './frozen-task.js';
import { fittedHead, frozenFeatures } from './frozen-work.js';
import { keepNetwork } from './keep-network.js';
import { keepPictures } from './keep-pictures.js';
import type { PictureStore } from './load-pictures.js';
import { spatialMeans } from './probe-head.js';
import { replaceTensors } from './replace-tensors.js';
import { runBlocks } from './run-blocks.js';
import { scoreLogits } from './score-logits.js';
import { WarmCache } from './warm-cache.js';

/** What a probe needs of the world. */
export interface ProbeTools {
  readonly clock: Clock;
  readonly store: PictureStore;
  /** Features and heads are kept there, where trials find them. */
  readonly cacheFolder: string;
  /** What earlier work of the process left ready. @default nothing, and nothing is left */
  readonly warm?: WarmCache;
  /** Bytes that kept features may take on disk. @default as in `FrozenTools` */
  readonly featureBytes?: number;
  /** Of the device, >= 1. */
  readonly threads: number;
  /** @default the processor */
  readonly device?: EngineDevice;
  /** Folder of the bundled weights. @default the one in the repository */
  readonly weightsFolder?: string;
  /** Folder of imported weights. @default none are looked for */
  readonly importedWeightsFolder?: string;
}

/**
 * Judges pretrained features on a dataset before anything is trained on them: every picture passes the frozen blocks once, a
 * linear head is fitted to the training pictures and tried on the others, and LogME weighs the evidence. Features and head go
 * into the cache: the trials that follow begin where this ends.
 *
 * @throws {NoWeightsError} if the weights are not at hand.
 * @throws {NonFiniteFeatureError} if the pretrained body gives a value that is not finite.
 * @see You et al. 2021, arXiv:2102.11005 (LogME)
 */
export async function probeFeatures(claim: ProbeClaim, tools: ProbeTools): Promise<ProbeScore> {
  const { warm = new WarmCache(0) } = tools;
  try {
    return await probe(claim, { ...tools, warm });
  } finally {
    await warm.end();
  }
}

async function probe(claim: ProbeClaim, tools: ProbeTools & { readonly warm: WarmCache }): Promise<ProbeScore> {
  const { clock, warm, threads, device } = tools;
  const start = {
    parameters: { architecture: claim.architecture, retrainDepth: 'shallow' as const },
    training: { imageSize: claim.imageSize, weights: { [claim.architecture]: claim.weights } },
    dataset: claim.dataset,
    // The head is fitted, not drawn.
    seed: 0,
  };
  const started = await keepNetwork(start, warm, tools.weightsFolder, tools.importedWeightsFolder);
  const pictures = await keepPictures(claim, started.image, tools);
  const frozenTools: FrozenTools = { ...tools, isReused: true, compiled: () => {} };
  const task = { started, pictures, dataset: claim.dataset };
  const { network } = started;
  const cut = network.cut('shallow');
  const features = await frozenFeatures(task, cut, frozenTools);
  const beganMs = clock.monotonicMs();
  const head = await fittedHead(task, frozenTools, features);
  const tail = {
    network,
    tensors: replaceTensors(started.tensors, head.tensors),
    from: cut,
    to: network.blocks.length,
  };
  const evaluated = await runBlocks(
    { ...tail, inputShape: features.shape, threads, device },
    [widenedFeatures(features.validation)],
    () => clock.monotonicMs(),
  );
  const classes = claim.dataset.classes.length;
  const score = scoreLogits(evaluated.value[0].data, pictures.validation.labels, classes);
  const train = widenedFeatures(features.train);
  const means = features.shape.length === 1 ? train : spatialMeans(train, features.shape);
  const logme = logMe({ features: means, labels: pictures.train.labels, classes });
  return {
    accuracy: score.accuracy,
    correct: score.correct,
    validationImages: pictures.validation.labels.length,
    validationLoss: score.loss,
    logme,
    featureCount: means.length / pictures.train.labels.length,
    featureSeconds: features.trainSeconds + features.evaluationSeconds,
    probeSeconds: (clock.monotonicMs() - beganMs) / 1000,
  };
}
