import type { ExportVerification, TrialMeasures } from '#api-contract';

/**
 * How much slower than its record the reloaded network may be: half as much again and a millisecond. The record and the
 * verification are minutes apart on a machine that other processes use too; a wrong graph, thread count or session setting
 * costs far more. Judged is the median call: beside another busy process SqueezeNet's stayed at 1.5 ms where its 95th
 * percentile went from 2 to 18 ms, so the slowest calls tell of the machine, not of the model.
 */
export const latencyTolerance = { factor: 1.5, addedMs: 1 } as const;

/** The longest call that still counts as within the recorded 95th percentile, ms. */
export function allowedLatencyMs(recordedMs: number): number {
  return recordedMs * latencyTolerance.factor + latencyTolerance.addedMs;
}

/**
 * Images that two models put into different classes.
 *
 * @param measured Class of each image, and
 * @param expected in the same order; where there are more of one, the rest differs.
 */
export function countDifferences(measured: readonly number[], expected: readonly number[]): number {
  const count = Math.max(measured.length, expected.length);
  let differing = 0;
  for (let image = 0; image < count; image++) if (measured[image] !== expected[image]) differing++;
  return differing;
}

/**
 * Judges whether the reloaded model is the one that was recorded: the same validation images, each put into the class
 * that the trained network gives it, as many of them right as the trial counted, and the network's median call no slower
 * than {@link latencyTolerance} allows. One image in a hundred (at least one) may differ, which leaves room for another order
 * of additions.
 */
export function compareWithRecord(
  measured: ExportVerification,
  record: Pick<TrialMeasures, 'correct' | 'validationImages'>,
): { equal: boolean; message: string } {
  const { correct, validationImages, differingImages, latencyP50Ms, recordedLatencyP95Ms } = measured;
  const tolerance = Math.max(1, Math.floor(record.validationImages / 100));
  const now = `${correct} of ${validationImages} validation images right`;
  const recorded = `${record.correct} of ${record.validationImages}`;
  if (validationImages !== record.validationImages) {
    return {
      equal: false,
      message: `The exported model was asked about other images than the trial: ${now}, recorded ${recorded}`,
    };
  }
  const limit = allowedLatencyMs(recordedLatencyP95Ms);
  const predictions =
    `${now}, recorded ${recorded}; ${differingImages} classified otherwise than by the trained network ` +
    `(${tolerance} may be)`;
  const speed =
    `${latencyP50Ms.toFixed(2)} ms for a batch of ${measured.latencyBatch} (median of the network alone), recorded ` +
    `${recordedLatencyP95Ms.toFixed(2)} ms (p95; ${limit.toFixed(2)} ms allowed)`;
  if (differingImages > tolerance || Math.abs(correct - record.correct) > tolerance) {
    return { equal: false, message: `The exported model differs from the record: ${predictions}` };
  }
  if (!(latencyP50Ms <= limit)) {
    return {
      equal: false,
      message: `The exported model is slower than the record: ${speed}. If the machine was busy, export it again`,
    };
  }
  return { equal: true, message: `The exported model equals the record: ${predictions}; ${speed}` };
}
