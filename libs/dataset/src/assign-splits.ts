import { hashSeed, Rng } from '#primitives';
import { type DatasetImage, type RejectedFile, type Split, splits } from './dataset-manifest.js';

/** An accepted image whose split may still have to be drawn. */
export type UnassignedImage = Omit<DatasetImage, 'split'> & { readonly split: Split | undefined };

/**
 * Refuses copies of the same bytes: in two classes all of them (one label must be wrong), else all but one. The copy
 * that stays is the one in the earlier split (train, validation, test), then the one with the smaller path: a copy of a
 * training image in validation would be leakage, a copy within a split would count twice.
 *
 * @param images In order of path.
 * @returns The images that stay, in the same order, and the refused ones in that order too.
 */
export function rejectDuplicates(
  images: readonly UnassignedImage[],
  classes: readonly string[],
): { readonly kept: UnassignedImage[]; readonly rejected: RejectedFile[] } {
  const copies = new Map<string, UnassignedImage[]>();
  for (const image of images) {
    const group = copies.get(image.sha256);
    if (group === undefined) copies.set(image.sha256, [image]);
    else group.push(image);
  }
  const kept: UnassignedImage[] = [];
  const rejected: RejectedFile[] = [];
  for (const image of images) {
    const reason = duplicateReason(image, copies.get(image.sha256) as UnassignedImage[], classes);
    if (reason === undefined) kept.push(image);
    else rejected.push({ path: image.path, reason });
  }
  return { kept, rejected };
}

function duplicateReason(
  image: UnassignedImage,
  copies: readonly UnassignedImage[],
  classes: readonly string[],
): string | undefined {
  const otherClass = copies.find(({ classIndex }) => classIndex !== image.classIndex);
  if (otherClass !== undefined) {
    return `the same bytes are in class ${JSON.stringify(classes[otherClass.classIndex])} (${otherClass.path}): one label is wrong`;
  }
  const first = copies.reduce((best, copy) => (rankOf(copy.split) < rankOf(best.split) ? copy : best));
  if (image === first) return undefined;
  if (image.split === first.split) return `a copy of ${first.path}, which is kept`;
  return `leakage: a copy of ${first.path}, which is in ${first.split ?? 'train'}`;
}

/** An image of a split that is to be drawn counts as training: it must not be repeated in the test split. */
function rankOf(split: Split | undefined): number {
  return splits.indexOf(split ?? 'train');
}

/**
 * Draws validation from the images without a split, class by class: round(fraction × n) of the n images of a class, but
 * at least 1 and at most n - 1. Depends on the seed, the class name and the order of the images alone.
 *
 * @param images In order of path; a class with a single image without a split keeps it in training.
 * @param fraction In (0, 1).
 */
export function drawSplit(
  images: readonly UnassignedImage[],
  classes: readonly string[],
  fraction: number,
  seed: number,
): DatasetImage[] {
  const validation = new Set<UnassignedImage>();
  classes.forEach((name, classIndex) => {
    const open = images.filter((image) => image.split === undefined && image.classIndex === classIndex);
    const count = Math.min(Math.max(1, Math.round(fraction * open.length)), open.length - 1);
    const order = new Rng(hashSeed(seed, 'split', name)).permutation(open.length);
    for (let rank = 0; rank < count; rank++) validation.add(open[order[rank]]);
  });
  return images.map((image) => ({ ...image, split: image.split ?? (validation.has(image) ? 'validation' : 'train') }));
}
