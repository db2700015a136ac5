import { join } from 'node:path';
import type { DatasetManifest, Split } from '#dataset';
import type { NamedTensor } from '#primitives';
import { libraryVersions } from './export-config.js';
import { FeatureCache } from './feature-cache.js';
import { widenedFeatures } from './feature-values.js';
import { FeatureWork, type PictureSet, type SetFeatures } from './feature-work.js';
import type { FrozenFeatures, FrozenTask, FrozenTools, TrainingFeatures } from './frozen-task.js';
import { movedPictures, type PictureViews, viewMove, viewName } from './picture-views.js';
import { probeHead } from './probe-head.js';

/** A head that was fitted to frozen features. */
export interface FittedHead {
  /** Weight and bias of the main head, tfjs layout. */
  readonly tensors: readonly NamedTensor[];
  /** What it took to make it from the training pictures, features included, whether now or earlier. */
  readonly trainSeconds: number;
}

/**
 * Every picture passes the frozen blocks a single time, in eval mode, for all trials and all versions of a dataset.
 *
 * @param cut First block that is not frozen, >= 1.
 * @throws {FeatureOverflowError} if a feature does not fit the task's `featureDtype`.
 */
export async function frozenFeatures(task: FrozenTask, cut: number, tools: FrozenTools): Promise<FrozenFeatures> {
  const { manifest, train, validation } = task.pictures;
  const sets = [
    { images: imagesOf(manifest, 'train'), inputs: train.inputs },
    { images: imagesOf(manifest, 'validation'), inputs: validation.inputs },
  ];
  const [ofTrain, ofValidation] = await keptFeatures(task, cut, tools, sets, []);
  return {
    ...trainingFeatures(ofTrain),
    validation: ofValidation.values,
    evaluationSeconds: ofValidation.seconds,
  };
}

/**
 * The same for a view of the training pictures, each picture and view a single time. In memory a view is kept until
 * another is asked for, and then as long as there is room.
 *
 * @param view From 1; view 0 is in `frozenFeatures`.
 * @throws {FeatureOverflowError} if a feature does not fit the task's `featureDtype`.
 */
export async function frozenView(
  task: FrozenTask,
  cut: number,
  tools: FrozenTools,
  views: PictureViews,
  view: number,
): Promise<TrainingFeatures> {
  const { manifest, train } = task.pictures;
  const { imageSize } = task.started.network;
  const images = imagesOf(manifest, 'train');
  const moves = images.map((image) => viewMove(views, image, view, imageSize));
  const named = images.map((image, index) => viewName(image, moves[index]));
  const sets = [{ images: named, inputs: movedPictures(train.inputs, moves, imageSize) }];
  const { flip, shift, seed } = views;
  const [features] = await keptFeatures(task, cut, tools, sets, [{ flip, shift, seed, view }]);
  return trainingFeatures(features);
}

/** @param seen How the sets show the pictures of the dataset version. */
async function keptFeatures(
  task: FrozenTask,
  cut: number,
  tools: FrozenTools,
  sets: readonly PictureSet[],
  seen: readonly unknown[],
): Promise<readonly SetFeatures[]> {
  if (!tools.isReused) return new FeatureWork(task, cut, tools, sets).all();
  const { warm } = tools;
  const key = FeatureCache.key(featureKeyParts(task, cut, tools));
  const parts = ['features', key, task.dataset.version, ...seen];
  const isInMemory = warm.has(...parts);
  const features = await warm.get(parts, async () => {
    const value = await new FeatureWork(task, cut, tools, sets).missingOnly(key);
    return { value, bytes: bytesOf(value) };
  });
  // A training needs the pictures as they are to its end, and one view at a time: the next `get` may free this one.
  if (seen.length > 0) warm.release(parts);
  if (isInMemory) {
    tools.counted?.({
      cut: task.started.network.blocks[cut].name,
      inMemory: sets.reduce((sum, { images }) => sum + images.length, 0),
      onDisk: 0,
      computed: 0,
      bytes: bytesOf(features),
      computeSeconds: 0,
      savedSeconds: features.reduce((sum, { seconds }) => sum + seconds, 0),
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
 * @throws {FeatureOverflowError} if a feature does not fit the task's `featureDtype`.
 */
export async function fittedHead(
  task: FrozenTask,
  tools: FrozenTools,
  features?: TrainingFeatures,
): Promise<FittedHead> {
  const { network, card } = task.started;
  const cut = network.cut('shallow');
  const fitHead = async (): Promise<FittedHead> => {
    const { shape, train, trainSeconds } = features ?? (await frozenFeatures(task, cut, tools));
    const began = tools.clock.monotonicMs();
    const inputs = { shape, data: widenedFeatures(train), labels: task.pictures.train.labels };
    const tensors = probeHead(card, network, inputs);
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
function featureKeyParts(
  { started, featureDtype = 'fp32' }: FrozenTask,
  cut: number,
  { threads, device }: FrozenTools,
): unknown[] {
  const { network, weights, image } = started;
  const where = { threads, device: device?.provider ?? 'cpu' };
  // What was kept before there was a choice is fp32, and is found again.
  const kept = featureDtype === 'fp32' ? [] : [featureDtype];
  return [{ ...libraryVersions(), ...where }, weights?.sha256, network.blocks[cut].name, image, ...kept];
}

function imagesOf({ images }: DatasetManifest, split: Split): string[] {
  return images.filter((one) => one.split === split).map(({ sha256 }) => sha256);
}

function trainingFeatures({ shape, values, seconds }: SetFeatures): TrainingFeatures {
  return { shape, train: values, trainSeconds: seconds };
}

function bytesOf(sets: readonly SetFeatures[]): number {
  return sets.reduce((sum, { values }) => sum + values.byteLength, 0);
}
