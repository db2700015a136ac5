import type { ClaimProfile } from './claim.js';
import type { ArchitectureProfile } from './preparation.js';

/** What a profile says of a batch size in the words of a trial; null where it was not measured for it. */
export function profileMeasures(
  { latencies, sizeBytes, parameterCount }: ArchitectureProfile,
  latencyBatch: number,
): Omit<ClaimProfile, 'latencyDevice'> | null {
  const latency = latencies.find(({ batch }) => batch === latencyBatch);
  if (latency === undefined) return null;
  return {
    latencyP50Ms: latency.p50Ms,
    latencyP95Ms: latency.p95Ms,
    latencyBatch,
    latencyRepeats: latency.repeats,
    sizeBytes,
    parameterCount,
  };
}
