import type { TrialMeasures } from '#api-contract';
import { compileInference, type ExecutionDevice, measureLatency } from '#engine';
import type { Network } from '#model-zoo/networks';
import { type NamedTensor, sizeOf } from '#primitives';

/** What is known of a network before it is trained. */
export interface NetworkProfile {
  readonly measures: Pick<
    TrialMeasures,
    | 'latencyP50Ms'
    | 'latencyP95Ms'
    | 'latencyBatch'
    | 'latencyRepeats'
    | 'sizeBytes'
    | 'parameterCount'
    | 'trainedParameterCount'
  >;
  readonly compileSeconds: number;
}

/** What a latency belongs to. */
export interface ProfileSetting {
  /** Images per call. */
  readonly latencyBatch: number;
  /** Of the processor, >= 1. */
  readonly threads: number;
  /** @default the processor */
  readonly device?: ExecutionDevice;
}

/**
 * Measures the whole network in eval mode on normalised pictures: what a batch costs, and how much there is of it.
 * Latency is only true while nothing else uses the device.
 *
 * @param cut First trained block.
 */
export async function profileNetwork(
  network: Network,
  tensors: readonly NamedTensor[],
  cut: number,
  { latencyBatch, threads, device }: ProfileSetting,
): Promise<NetworkProfile> {
  const inference = await compileInference({
    forward: (x, context) => network.forward(x, context),
    tensors,
    inputShape: [network.imageSize, network.imageSize, 3],
    batchSize: latencyBatch,
    threads,
    device,
  });
  try {
    const latency = await measureLatency(inference);
    return {
      measures: {
        latencyP50Ms: latency.p50Ms,
        latencyP95Ms: latency.p95Ms,
        latencyBatch: latency.batch,
        latencyRepeats: latency.repeats,
        ...countParameters(network, cut),
      },
      compileSeconds: inference.compileMs / 1000,
    };
  } finally {
    await inference.dispose();
  }
}

/**
 * Counts parameters (batch norm's running statistics are none, but they are exported), and those from block `cut` on.
 *
 * @returns `sizeBytes` of everything that is exported, as float32.
 */
export function countParameters(
  network: Network,
  cut: number,
): Pick<TrialMeasures, 'sizeBytes' | 'parameterCount' | 'trainedParameterCount'> {
  let elements = 0;
  let parameterCount = 0;
  let trainedParameterCount = 0;
  for (const spec of network.tensors) {
    const size = sizeOf(spec.shape);
    elements += size;
    if (!isParameter(spec)) continue;
    parameterCount += size;
    if (spec.block >= cut) trainedParameterCount += size;
  }
  return { sizeBytes: elements * 4, parameterCount, trainedParameterCount };
}

/** False for statistics that batch norm keeps by itself. */
export function isParameter(spec: Network['tensors'][number]): boolean {
  return spec.role !== 'runningMean' && spec.role !== 'runningVariance';
}
