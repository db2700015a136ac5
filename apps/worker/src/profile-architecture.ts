import type { ArchitectureProfile, BatchLatency, ProfileClaim } from '#api-contract';
import { compileInference, type ExecutionDevice, type Inference, measureLatency } from '#engine';
import { buildNetwork, standInTensors } from '#model-zoo/networks';
import type { Clock, NamedTensor } from '#primitives';
import { countParameters } from './profile-network.js';
import { WorkMemory } from './work-memory.js';

/** What a profile needs of the world. */
export interface ProfileTools {
  readonly clock: Clock;
  /** Of the processor, >= 1. */
  readonly threads: number;
  /** @default the processor */
  readonly device?: ExecutionDevice;
}

/**
 * How often a batch is run. The 95th percentile of 200 calls has ten slower ones above it, so that it no longer hangs on a
 * single disturbance. Large networks cannot be asked that often: a batch gets half a second of calls, but at least 20, the
 * fewest of which the 95th percentile is not simply the slowest.
 */
const series = { warmup: 5, trial: 3, most: 200, least: 20, milliseconds: 500 } as const;

/**
 * Measures an architecture before anything is trained: latency of each batch size, peak memory, size. Latency depends on no
 * weight, so the tensors only stand in. It is only true while nothing else uses the device.
 *
 * @returns Latencies in the order of the batches; the peak is that of this process while it runs the largest batch.
 */
export async function profileArchitecture(
  {
    architecture,
    classes,
    imageSize,
    batches,
  }: Pick<ProfileClaim, 'architecture' | 'classes' | 'imageSize' | 'batches'>,
  { clock, threads, device }: ProfileTools,
): Promise<ArchitectureProfile> {
  const memory = new WorkMemory();
  const network = buildNetwork(architecture, { classes, imageSize });
  const tensors = standInTensors(network.tensors);
  const compile = (batchSize: number) =>
    compileInference({
      forward: (x, context) => network.forward(x, context),
      tensors: tensors as readonly NamedTensor[],
      inputShape: [imageSize, imageSize, 3],
      batchSize,
      threads,
      device,
    });
  const latencies: BatchLatency[] = [];
  let peakMemoryBytes = 0;
  for (const batch of batches) {
    const inference = await compile(batch);
    try {
      memory.forget();
      latencies.push(await steadyLatency(inference, clock));
      if (batch === Math.max(...batches)) peakMemoryBytes = memory.peakBytes();
    } finally {
      await inference.dispose();
    }
  }
  const { sizeBytes, parameterCount } = countParameters(network, 0);
  return { latencies, sizeBytes, parameterCount, peakMemoryBytes };
}

/** Latency of as many calls as their length allows. */
export async function steadyLatency(
  inference: Pick<Inference, 'batchSize' | 'inputShape' | 'run'>,
  clock: Clock,
): Promise<BatchLatency> {
  // The first calls allocate, and wake the threads.
  const first = await measureLatency(inference, { warmup: 1, repeats: series.trial, clock });
  const affordable = Math.floor(series.milliseconds / Math.max(first.p50Ms, 1e-3));
  const repeats = Math.max(series.least, Math.min(series.most, affordable));
  const warmup = Math.min(series.warmup, Math.ceil(repeats / series.least));
  return measureLatency(inference, { warmup, repeats, clock });
}
