import { createHash } from 'node:crypto';
import type { DatasetImage, DatasetManifest } from '#dataset';

/** Classes of the generated dataset. */
const classCount = 20;
/** Every so many pictures one is for validation. */
const validationEvery = 5;

/** A manifest as an import of so many pictures would leave it; there are no pictures. Equal counts give equal manifests. */
export function generateManifest(count: number): DatasetManifest {
  const classes = Array.from({ length: classCount }, (_, index) => `class-${padded(index, 3)}`);
  const ofClass = Math.ceil(count / classCount);
  const images = Array.from({ length: count }, (_, index): DatasetImage => {
    const classIndex = Math.floor(index / ofClass);
    return {
      path: `${classes[classIndex]}/picture-${padded(index, 8)}.jpg`,
      sha256: createHash('sha256').update(`picture ${index}`).digest('hex'),
      bytes: 40_000 + ((index * 7919) % 400_000),
      width: 640 + (index % 1300),
      height: 480 + (index % 900),
      format: 'jpeg',
      classIndex,
      split: index % validationEvery === 0 ? 'validation' : 'train',
    };
  });
  return {
    formatVersion: 1,
    name: 'generated',
    classes,
    images,
    rejected: [],
    split: 'seeded',
    seed: 0,
    validationFraction: 1 / validationEvery,
  };
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
