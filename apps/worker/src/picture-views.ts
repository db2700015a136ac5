import type { TrainingSettings } from '#api-contract';
import type { ExampleRows } from '#engine';
import { hashSeed, Rng } from '#primitives';
import { movedPixels, type PictureMove } from './picture-move.js';

/** Which views of the training pictures a training sees: its augmentation. */
export interface PictureViews {
  /** At least 2; view 0 is the picture as it is. */
  readonly count: number;
  readonly flip: boolean;
  /** Largest shift in either direction, as a part of the side. */
  readonly shift: number;
  /** Integer in [0, 2³²). */
  readonly seed: number;
}

/** A picture as it is. */
const still: PictureMove = { turn: 0, mirrored: false, down: 0, right: 0 };

/** Null where every epoch sees the pictures as they are. The seed is the study's, so that its trials share their views. */
export function viewsOf({ augmentation, seed }: Pick<TrainingSettings, 'augmentation' | 'seed'>): PictureViews | null {
  if (augmentation === undefined || augmentation.views === 1) return null;
  const { views: count, flip, shift } = augmentation;
  return { count, flip, shift, seed };
}

/**
 * How a view shows a picture. It depends on nothing but the seed, the picture and the view's number: neither on other
 * pictures nor on how many views there are.
 *
 * @param image SHA-256 of the picture's file. @param view From 0. @param side Of the prepared picture, pixels.
 */
export function viewMove({ flip, shift, seed }: PictureViews, image: string, view: number, side: number): PictureMove {
  if (view === 0) return still;
  const rng = new Rng(hashSeed(seed, 'view', view, image));
  const reach = Math.round(shift * side);
  const mirrored = rng.float() < 0.5 && flip;
  return { turn: 0, mirrored, down: rng.integer(-reach, reach + 1), right: rng.integer(-reach, reach + 1) };
}

/** Name of what a move shows of a picture: two views that show the same have one name, and the picture as it is has its own. */
export function viewName(image: string, { mirrored, down, right }: PictureMove): string {
  return mirrored || down !== 0 || right !== 0 ? `${image}:${mirrored ? 'mirrored' : ''}${down},${right}` : image;
}

/** Prepared pictures, each moved when it is read. @param pictures [n, side, side, 3] @param moves n of them. */
export function movedPictures(pictures: Float32Array, moves: readonly PictureMove[], side: number): ExampleRows {
  const size = side * side * 3;
  const sources = new Int32Array(side * side);
  return {
    length: pictures.length,
    read(index, target) {
      const picture = pictures.subarray(index * size, (index + 1) * size);
      movedPixels(moves[index], side, sources);
      for (let at = 0; at < sources.length; at++) {
        const from = 3 * sources[at];
        target[3 * at] = picture[from];
        target[3 * at + 1] = picture[from + 1];
        target[3 * at + 2] = picture[from + 2];
      }
    },
  };
}
