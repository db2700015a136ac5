import type { ClaimProfile } from './claim.js';
import type { TrialRecord } from './trial.js';

/** The profile that a trial's row was given at its claim; undefined where the trial measures itself. */
export function claimProfile({ measures, latencyDevice }: TrialRecord): ClaimProfile | undefined {
  const { latencyP50Ms, latencyP95Ms, latencyBatch, latencyRepeats, sizeBytes, parameterCount } = measures;
  if (
    latencyP50Ms === undefined ||
    latencyP95Ms === undefined ||
    latencyBatch === undefined ||
    latencyRepeats === undefined ||
    sizeBytes === undefined ||
    parameterCount === undefined ||
    latencyDevice === null
  ) {
    return undefined;
  }
  return { latencyP50Ms, latencyP95Ms, latencyBatch, latencyRepeats, sizeBytes, parameterCount, latencyDevice };
}
