import type { Examples } from '#engine';
import type { Shape } from '#primitives';
import { featureExamples } from './feature-values.js';
import type { FrozenFeatures, FrozenTask, FrozenTools } from './frozen-task.js';
import { frozenView } from './frozen-work.js';
import type { TrialPictures } from './load-pictures.js';
import { movedPictures, type PictureViews, viewMove } from './picture-views.js';

/** What the trained blocks read: pictures, or features of the frozen ones. */
export interface TrainingExamples {
  /** Of one example. */
  readonly shape: Shape;
  readonly validation: Examples;
  /** The training examples of an epoch, in the view that it sees. @param epoch From 0. */
  train(epoch: number): Promise<EpochExamples>;
}

/** What an epoch is trained on. */
export interface EpochExamples {
  readonly inputs: Examples;
  /** What frozen work for this view is counted as training with the epoch: 0 for a view that an earlier epoch has seen. */
  readonly frozenSeconds: number;
}

/** Pictures, for networks that train as a whole; other views than the plain one are made as they are read. */
export function pictureExamples(
  { manifest, train, validation }: TrialPictures,
  imageSize: number,
  views: PictureViews | null,
): TrainingExamples {
  const images = manifest.images.filter(({ split }) => split === 'train').map(({ sha256 }) => sha256);
  return {
    shape: [imageSize, imageSize, 3],
    validation: validation.inputs,
    train: async (epoch) => {
      const view = views ? epoch % views.count : 0;
      if (views === null || view === 0) return { inputs: train.inputs, frozenSeconds: 0 };
      const moves = images.map((image) => viewMove(views, image, view, imageSize));
      return { inputs: movedPictures(train.inputs, moves, imageSize), frozenSeconds: 0 };
    },
  };
}

/**
 * Features at a cut. One view besides the plain one is needed at a time: others stay in memory as far as there is room,
 * and are read or computed again where there is none.
 *
 * @param plain Of the pictures as they are.
 */
export function frozenExamples(
  task: FrozenTask,
  cut: number,
  tools: FrozenTools,
  plain: FrozenFeatures,
  views: PictureViews | null,
): TrainingExamples {
  return {
    shape: plain.shape,
    validation: featureExamples(plain.validation),
    train: async (epoch) => {
      const view = views ? epoch % views.count : 0;
      if (views === null || view === 0) return { inputs: featureExamples(plain.train), frozenSeconds: 0 };
      const { train, trainSeconds } = await frozenView(task, cut, tools, views, view);
      const isComputedAnew = epoch < views.count || !tools.isReused;
      return { inputs: featureExamples(train), frozenSeconds: isComputedAnew ? trainSeconds : 0 };
    },
  };
}
