import { randomUUID } from 'node:crypto';
import type { ArchitectureProfile, ClaimRequest, EpochReport, ExportVerification, TrialMeasures } from '#api-contract';

/** A claim of a worker with a small processor. */
export function claimRequest(workerId: string): ClaimRequest {
  const device = {
    ...{ class: 'cpu' as const, index: 0, name: 'two cores', driver: null },
    ...{ threads: 2, memoryBytes: 8_000_000_000 },
  };
  return { workerId, claimRequestId: randomUUID(), device };
}

/** A report whose numbers belong together. */
export function reportOf(epoch: number, accuracy: number): EpochReport {
  const loss = 1 / epoch;
  return { epoch, trainLoss: loss, validationLoss: loss + 0.1, accuracy, trainSeconds: 1.5, evaluationSeconds: 0.25 };
}

/** Everything that is measured of a trial: 16 of 20 images right, 12 ms. */
export function trialMeasures(changes: Partial<TrialMeasures> = {}): TrialMeasures {
  return {
    accuracy: 0.8,
    correct: 16,
    validationImages: 20,
    validationLoss: 0.4,
    latencyP50Ms: 10,
    latencyP95Ms: 12,
    latencyBatch: 4,
    latencyRepeats: 30,
    sizeBytes: 1000,
    parameterCount: 250,
    trainedParameterCount: 250,
    trainBatchSize: 16,
    decodeSeconds: 0.5,
    compileSeconds: 0.25,
    trainSeconds: 3,
    evaluationSeconds: 0.5,
    peakMemoryBytes: 100_000_000,
    ...changes,
  };
}

/** What a clean process found of an export: as many images right as recorded, 41 ms after 40. */
export function exportVerification(changes: Partial<ExportVerification> = {}): ExportVerification {
  return {
    accuracy: 0.9,
    recordedAccuracy: 0.9,
    correct: 18,
    validationImages: 20,
    differingImages: 0,
    latencyP50Ms: 30,
    latencyP95Ms: 41,
    recordedLatencyP95Ms: 40,
    latencyBatch: 4,
    endToEndLatencyP50Ms: 45,
    endToEndLatencyP95Ms: 50,
    endToEndWidth: 640,
    endToEndHeight: 480,
    ...changes,
  };
}

/** What a worker measures of an architecture: `p95Ms` for the smallest batch, a tenth more for each larger one. */
export function architectureProfile(batches: readonly number[], p95Ms = 5): ArchitectureProfile {
  return {
    latencies: batches.map((batch, index) => {
      const slow = p95Ms * (1 + index / 10);
      return { batch, p50Ms: slow * 0.8, p95Ms: slow, p99Ms: slow * 1.2, repeats: 200 };
    }),
    sizeBytes: 4_000_000,
    parameterCount: 1_000_000,
    peakMemoryBytes: 300_000_000,
  };
}
