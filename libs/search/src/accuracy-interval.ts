import { type Interval, wilsonInterval } from '#ranking';

/**
 * 95 % Wilson interval of an accuracy that was counted.
 *
 * @param correct Images classified right. @param images How many there were.
 * @returns Null where either is unknown, or there was no image.
 */
export function accuracyInterval(
  correct: number | null | undefined,
  images: number | null | undefined,
): Interval | null {
  if (correct == null || images == null || images === 0) return null;
  return wilsonInterval(correct, images);
}
