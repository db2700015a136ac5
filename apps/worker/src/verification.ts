import type { ExportVerification } from '#api-contract';

/**
 * Judges whether the reloaded model is the one that was recorded: the same number of validation images, and at most one
 * image in a hundred (at least one image) classified differently, which leaves room for another order of additions.
 */
export function compareWithRecord(
  measured: ExportVerification,
  recordedCorrect: number,
  recordedImages: number,
): { equal: boolean; message: string } {
  const { correct, validationImages } = measured;
  const tolerance = Math.max(1, Math.floor(recordedImages / 100));
  const now = `${correct} of ${validationImages} validation images right`;
  const recorded = `${recordedCorrect} of ${recordedImages}`;
  if (validationImages !== recordedImages) {
    return {
      equal: false,
      message: `The exported model was asked about other images than the trial: ${now}, recorded ${recorded}`,
    };
  }
  const allowed = `${tolerance} image${tolerance === 1 ? '' : 's'} may differ`;
  const equal = Math.abs(correct - recordedCorrect) <= tolerance;
  const message = equal
    ? `The exported model equals the record: ${now}, recorded ${recorded} (${allowed})`
    : `The exported model differs from the record: ${now}, recorded ${recorded} (${allowed})`;
  return { equal, message };
}
