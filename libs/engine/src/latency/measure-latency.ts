import { type Clock, Rng, sizeOf, systemClock } from '#primitives';
import type { Inference } from '../runtime/inference.js';

/** How to measure. */
export interface LatencyOptions {
  /** Calls before measuring. Integer >= 0. @default {5} */
  readonly warmup?: number;
  /** Calls that are measured. Integer >= 1. @default {50} */
  readonly repeats?: number;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Wall time of one batch; percentiles by nearest rank. */
export interface Latency {
  /** Examples per call. */
  readonly batch: number;
  /** Calls that were measured. */
  readonly repeats: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/**
 * Measures how long one full batch takes from a Float32Array to a Float32Array. The device should be otherwise idle.
 * Inputs are random but the same every time; the arithmetic of a network takes as long for any numbers.
 *
 * @throws {RangeError} if warmup or repeats is out of range.
 */
export async function measureLatency(
  inference: Pick<Inference, 'batchSize' | 'inputShape' | 'run'>,
  { warmup = 5, repeats = 50, clock = systemClock }: LatencyOptions = {},
): Promise<Latency> {
  if (!(Number.isInteger(warmup) && warmup >= 0)) throw new RangeError(`warmup is ${warmup}, must be an integer >= 0`);
  if (!(Number.isInteger(repeats) && repeats >= 1))
    throw new RangeError(`repeats is ${repeats}, must be an integer >= 1`);
  const { batchSize, inputShape } = inference;
  const rng = new Rng(0);
  const inputs = Float32Array.from({ length: batchSize * sizeOf(inputShape) }, () => rng.float() * 2 - 1);
  const durationsMs: number[] = [];
  for (let call = -warmup; call < repeats; call++) {
    const startMs = clock.monotonicMs();
    await inference.run(inputs, batchSize);
    if (call >= 0) durationsMs.push(clock.monotonicMs() - startMs);
  }
  durationsMs.sort((a, b) => a - b);
  const percentile = (percent: number): number => durationsMs[Math.ceil((percent / 100) * repeats) - 1];
  return { batch: batchSize, repeats, p50Ms: percentile(50), p95Ms: percentile(95), p99Ms: percentile(99) };
}
