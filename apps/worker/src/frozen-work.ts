import { join } from 'node:path';
import type { EngineDevice } from '#engine';
import type { Clock, NamedTensor } from '#primitives';
import { libraryVersions } from './export-config.js';
import { FeatureCache } from './feature-cache.js';
import type { TrialPictures } from './load-pictures.js';
import { probeHead } from './probe-head.js';
import { runBlocks } from './run-blocks.js';
import type { StartedNetwork } from './start-network.js';

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
  /** Threads of the device, >= 1. */
  readonly threads: number;
  /** @default the processor */
  readonly device?: EngineDevice;
  /** Told the seconds that compiling took in this process. */
  compiled(seconds: number): void;
}

/**
 * Every picture passes the frozen blocks a single time, in eval mode, for all trials.
 *
 * @param cut First block that is not frozen, >= 1.
 */
export async function frozenFeatures(task: FrozenTask, cut: number, tools: FrozenTools): Promise<FrozenFeatures> {
  const { network, tensors } = task.started;
  const cache = new FeatureCache(join(tools.cacheFolder, 'features'));
  const key = FeatureCache.key(keyParts(task, cut, tools));
  const kept = await cache.read(key);
  if (kept) {
    const { tensors: sets, ...durations } = kept;
    return { shape: sets[0].shape.slice(1), train: sets[0].data, validation: sets[1].data, ...durations };
  }
  const sets = [task.pictures.train, task.pictures.validation];
  const inputShape = [network.imageSize, network.imageSize, 3];
  const { value, compileSeconds, secondsBySet } = await runBlocks(
    { network, tensors, from: 0, to: cut, inputShape, threads: tools.threads, device: tools.device },
    sets.map(({ inputs }) => inputs),
    () => tools.clock.monotonicMs(),
  );
  tools.compiled(compileSeconds);
  const { shape } = value[0];
  const named = ['train', 'validation'].map((name, index) => ({
    name,
    shape: [sets[index].labels.length, ...shape],
    data: value[index].data,
  }));
  const durations = { trainSeconds: secondsBySet[0], evaluationSeconds: secondsBySet[1] };
  await cache.write(key, { tensors: named, ...durations });
  return { shape, train: value[0].data, validation: value[1].data, ...durations };
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
  const cache = new FeatureCache(join(tools.cacheFolder, 'features'));
  const key = FeatureCache.key(['probe', ...keyParts(task, cut, tools)]);
  const kept = await cache.read(key);
  if (kept) return kept;
  const { shape, train, trainSeconds } = features ?? (await frozenFeatures(task, cut, tools));
  const began = tools.clock.monotonicMs();
  const tensors = probeHead(card, network, { shape, data: train, labels: task.pictures.train.labels });
  const head = { tensors, trainSeconds: trainSeconds + (tools.clock.monotonicMs() - began) / 1000 };
  await cache.write(key, { ...head, evaluationSeconds: 0 });
  return head;
}

/** The dataset's version covers pictures, labels and split. Another class of device adds up in another order. */
function keyParts({ started, dataset }: FrozenTask, cut: number, { threads, device }: FrozenTools): unknown[] {
  const { network, weights, image } = started;
  const where = { threads, device: device?.provider ?? 'cpu' };
  return [{ ...libraryVersions(), ...where }, weights?.sha256, network.blocks[cut].name, image, dataset.version];
}
