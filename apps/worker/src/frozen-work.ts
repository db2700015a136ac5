import { join } from 'node:path';
import type { EngineDevice } from '#engine';
import type { Clock, NamedTensor } from '#primitives';
import { libraryVersions } from './export-config.js';
import { FeatureCache } from './feature-cache.js';
import type { FeatureUse } from './feature-use.js';
import { FeatureWork } from './feature-work.js';
import type { TrialPictures } from './load-pictures.js';
import { probeHead } from './probe-head.js';
import type { StartedNetwork } from './start-network.js';
import type { WarmCache } from './warm-cache.js';

/** A network with pretrained weights, and the pictures it meets. */
export interface FrozenTask {
  readonly started: StartedNetwork;
  readonly pictures: TrialPictures;
  readonly dataset: { readonly version: string };
}

/** What the frozen blocks made of the training and validation pictures. */
export interface FrozenFeatures {
  /** Of one example. */
  readonly shape: readonly number[];
  /** [n, ...shape]. */
  readonly train: Float32Array;
  readonly validation: Float32Array;
  /** What the training pictures took, whether now or earlier. */
  readonly trainSeconds: number;
  /** What the validation pictures took. */
  readonly evaluationSeconds: number;
}

/** A head that was fitted to frozen features. */
export interface FittedHead {
  /** Weight and bias of the main head, tfjs layout. */
  readonly tensors: readonly NamedTensor[];
  /** What it took to make it from the training pictures, features included, whether now or earlier. */
  readonly trainSeconds: number;
}

/** What frozen work needs of the world. */
export interface FrozenTools {
  readonly clock: Clock;
  readonly cacheFolder: string;
  readonly warm: WarmCache;
  /** False: all of it is done here and now, and nothing is kept. */
  readonly isReused: boolean;
  /** Bytes that kept features may take on disk. @default {defaultFeatureBytes} */
  readonly featureBytes?: number;
  /** Threads of the device, >= 1. */
  readonly threads: number;
  /** @default the processor */
  readonly device?: EngineDevice;
  /** Told the seconds that compiling took in this process. */
  compiled(seconds: number): void;
  /** Told where the features came from. */
  counted?(use: FeatureUse): void;
}

/**
 * Every picture passes the frozen blocks a single time, in eval mode, for all trials and all versions of a dataset.
 *
 * @param cut First block that is not frozen, >= 1.
 */
export async function frozenFeatures(task: FrozenTask, cut: number, tools: FrozenTools): Promise<FrozenFeatures> {
  const { network } = task.started;
  if (!tools.isReused) return new FeatureWork(task, cut, tools).all();
  const key = FeatureCache.key(featureKeyParts(task, cut, tools));
  const parts = ['features', key, task.dataset.version];
  const isInMemory = tools.warm.has(...parts);
  const features = await tools.warm.get(parts, async () => {
    const value = await new FeatureWork(task, cut, tools).missingOnly(key);
    return { value, bytes: value.train.byteLength + value.validation.byteLength };
  });
  if (isInMemory) {
    const { train, validation, trainSeconds, evaluationSeconds } = features;
    const { pictures } = task;
    tools.counted?.({
      cut: network.blocks[cut].name,
      inMemory: pictures.train.labels.length + pictures.validation.labels.length,
      onDisk: 0,
      computed: 0,
      bytes: train.byteLength + validation.byteLength,
      computeSeconds: 0,
      savedSeconds: trainSeconds + evaluationSeconds,
    });
  }
  return features;
}

/**
 * The main head as a linear probe on the features of the training pictures, fitted once for all trials of the same
 * weights and pictures at whatever depth.
 *
 * Beside the pictures, the features at the head are held in memory until it is fitted: for SqueezeNet two thirds of what
 * the pictures take, for all others a few per cent.
 *
 * @param features At the shallow cut, where they are at hand.
 * @throws {NonFiniteFeatureError} if the pretrained body gives a value that is not finite.
 */
export async function fittedHead(task: FrozenTask, tools: FrozenTools, features?: FrozenFeatures): Promise<FittedHead> {
  const { network, card } = task.started;
  const cut = network.cut('shallow');
  const fitHead = async (): Promise<FittedHead> => {
    const { shape, train, trainSeconds } = features ?? (await frozenFeatures(task, cut, tools));
    const began = tools.clock.monotonicMs();
    const tensors = probeHead(card, network, { shape, data: train, labels: task.pictures.train.labels });
    return { tensors, trainSeconds: trainSeconds + (tools.clock.monotonicMs() - began) / 1000 };
  };
  if (!tools.isReused) return fitHead();
  const cache = new FeatureCache(join(tools.cacheFolder, 'features'));
  const key = FeatureCache.key(['probe', ...featureKeyParts(task, cut, tools), task.dataset.version]);
  return tools.warm.get(['head', key], async () => {
    const kept = await cache.read(key);
    const value = kept ?? (await fitHead());
    if (kept === null) await cache.write(key, { ...value, evaluationSeconds: 0 });
    return { value, bytes: value.tensors.reduce((sum, { data }) => sum + data.byteLength, 0) };
  });
}

/** All that the features of a picture depend on but the picture. Another class of device adds up in another order. */
function featureKeyParts({ started }: FrozenTask, cut: number, { threads, device }: FrozenTools): unknown[] {
  const { network, weights, image } = started;
  const where = { threads, device: device?.provider ?? 'cpu' };
  return [{ ...libraryVersions(), ...where }, weights?.sha256, network.blocks[cut].name, image];
}
