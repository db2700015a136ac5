/**
 * @file Accuracies are believed on the scale arcsin √p, on which the noise of counting n pictures has the variance 1/(4n)
 * whatever the accuracy. Anscombe 1948, doi:10.1093/biomet/35.3-4.246
 */

/** @param accuracy 0–1. @returns 0 to π/2. */
export function toScale(accuracy: number): number {
  return Math.asin(Math.sqrt(Math.min(1, Math.max(0, accuracy))));
}

/** @param value Any; beyond 0 and π/2 the accuracy is 0 and 1. */
export function fromScale(value: number): number {
  return Math.sin(Math.min(Math.PI / 2, Math.max(0, value))) ** 2;
}

/**
 * Variance on the scale of an accuracy counted on so many pictures, as far as trainings differ in it: all are counted on the
 * same pictures, so that half of the chance is the same for all.
 *
 * @param pictures Null: it is not known how many.
 */
export function countingVariance(pictures: number | null): number {
  return OWN_SHARE / (4 * Math.max(1, pictures ?? UNKNOWN_PICTURES));
}

const OWN_SHARE = 0.5;

/** Few enough that nobody believes the third digit. */
const UNKNOWN_PICTURES = 200;
