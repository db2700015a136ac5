import type { EpochReport, TrialMeasures } from '../trial.js';

/** Consistent measures: `accuracy` of `validationImages` (default 1000) were classified right. */
export function makeTrialMeasures(changes: Partial<TrialMeasures> = {}): TrialMeasures {
  const { accuracy = 0.9, validationImages = 1000, latencyP95Ms = 12 } = changes;
  return {
    accuracy,
    correct: Math.round(accuracy * validationImages),
    validationImages,
    validationLoss: 0.3,
    latencyP50Ms: latencyP95Ms * 0.9,
    latencyP95Ms,
    latencyBatch: 4,
    latencyRepeats: 50,
    sizeBytes: 44_000_000,
    parameterCount: 11_000_000,
    trainedParameterCount: 1026,
    decodeSeconds: 1,
    compileSeconds: 2,
    trainSeconds: 20,
    evaluationSeconds: 3,
    peakMemoryBytes: 900_000_000,
    ...changes,
  };
}

/** A report of one epoch. */
export function makeEpochReport(epoch: number, accuracy = 0.5 + epoch / 20): EpochReport {
  return { epoch, trainLoss: 1 / epoch, validationLoss: 1.1 / epoch, accuracy, trainSeconds: 4, evaluationSeconds: 1 };
}
