import type { LearningRateRange } from '../search-space.js';

/** Fewest places on the grid of a range, where it is a range at all. */
const FEWEST = 4;
/** Finest step of all, decades: beyond it nothing is learnt that the noise of a seed does not hide. */
const FINEST = 1 / 8;

/**
 * The coarse grid of a range: every half decade, or finer where that gives fewer than four. The places are the same for all
 * studies (1e-3, 3.16e-3, …), so that equal trials of different studies are equal to the last digit.
 *
 * @returns Rising log10 of learning rates within the range, at least one.
 */
export function coarseRates(range: LearningRateRange): number[] {
  for (let step = 1 / 2; step >= FINEST; step /= 2) {
    const places = placesWithin(range, step);
    if (places.length >= FEWEST) return places;
  }
  const places = placesWithin(range, FINEST);
  return places.length > 0 ? places : [Math.log10(range.low * range.high) / 2];
}

/**
 * Places beside a good learning rate that are still to be tried: half way to the next places of the grid, then a quarter of
 * the way.
 *
 * @param best log10. @param tried log10 of those that were tried.
 */
export function ratesBeside(range: LearningRateRange, best: number, tried: readonly number[]): number[] {
  const middle = Math.round(best / FINEST) * FINEST;
  const isTried = (place: number) => tried.some((other) => Math.abs(other - place) < FINEST / 2);
  for (let step = 1 / 4; step >= FINEST; step /= 2) {
    const beside = [middle - step, middle + step].filter((place) => isWithin(range, place) && !isTried(place));
    if (beside.length > 0) return beside;
  }
  return [];
}

/** The learning rate of a place: three digits, within the range. */
export function rateAt({ low, high }: LearningRateRange, place: number): number {
  return Math.min(high, Math.max(low, Number((10 ** place).toPrecision(3))));
}

function placesWithin(range: LearningRateRange, step: number): number[] {
  const places: number[] = [];
  for (let k = Math.ceil((Math.log10(range.low) - 1e-9) / step); isWithin(range, k * step); k++) places.push(k * step);
  return places;
}

function isWithin({ low, high }: LearningRateRange, place: number): boolean {
  return place >= Math.log10(low) - 1e-9 && place <= Math.log10(high) + 1e-9;
}
