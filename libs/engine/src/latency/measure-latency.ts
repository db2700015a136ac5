import type { Inference } from '../runtime/inference.js';

/** How often to measure. */
export interface LatencyOptions {
  /** Calls that are not counted. Integer >= 0. @default {5} */
  readonly warmup?: number;
  /** Calls that are counted. Integer >= 1. @default {50} */
  readonly repeats?: number;
}

/** Percentiles of the wall time of one batch; nearest rank. */
export interface Latency {
  readonly batch: number;
  readonly repeats: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Measures the wall time of one batch of `inference.batchSize` examples. */
export async function measureLatency(inference: Inference, options: LatencyOptions = {}): Promise<Latency> {
  throw new Error(`Cannot measure ${inference.batchSize} ${options.repeats} yet`);
}
