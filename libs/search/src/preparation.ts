import type { DeviceIdentity, FailReason } from './trial.js';

/** Latency of one batch size, ms per call. */
export interface BatchLatency {
  /** Images per call. */
  readonly batch: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly repeats: number;
}

/** Everything that a profile depends on: two studies with equal keys share one. */
export interface ProfileKey {
  readonly architecture: string;
  readonly classes: number;
  /** Side of the square the network sees, pixels. */
  readonly imageSize: number;
  /** The latency is measured on it. */
  readonly device: DeviceIdentity;
  /** Of the processor. */
  readonly threads: number;
  /** Name and version of what runs it, e.g. `onnxruntime 1.30.0`. */
  readonly runtime: string;
  /** Batch sizes whose latency is measured, ascending, no repeats: 1, 4, 16 and the study's own. */
  readonly batches: readonly number[];
}

/** What an architecture costs whatever it is trained to: measured before any training. */
export interface ArchitectureProfile {
  /** In the order of `ProfileKey.batches`. */
  readonly latencies: readonly BatchLatency[];
  /** Of everything that is exported, as float32. */
  readonly sizeBytes: number;
  readonly parameterCount: number;
  /** Most memory of the process while it ran the largest batch. */
  readonly peakMemoryBytes: number;
  /** The latency was measured on it, where the device of the key trains op by op and runs no graph. @default the key's */
  readonly latencyDevice?: DeviceIdentity | undefined;
  readonly measuredAt: Date;
}

/** Everything that a probe's score depends on. */
export interface ProbeKey {
  readonly architecture: string;
  /** Name of the pretrained weights. */
  readonly weights: string;
  readonly datasetVersion: string;
  readonly imageSize: number;
  /** The features were computed on it. */
  readonly device: DeviceIdentity;
  readonly threads: number;
  readonly runtime: string;
}

/** What the features of a pretrained network are worth on a dataset before anything is trained. */
export interface ProbeScore {
  /** Of a linear probe on the features at the shallow cut, on the validation pictures: 0–1. */
  readonly accuracy: number;
  readonly correct: number;
  readonly validationImages: number;
  /** Cross-entropy of the probe on the validation pictures, nats. */
  readonly validationLoss: number;
  /** Log of the maximum evidence of the labels under the features, per training picture. @see You et al. 2021, arXiv:2102.11005 */
  readonly logme: number;
  /** Numbers in the features of one picture at the shallow cut. */
  readonly featureCount: number;
  /** What the features of all pictures took, and fitting. */
  readonly featureSeconds: number;
  readonly probeSeconds: number;
}

/** Work that is done before trials, once for all studies that need it. */
export type PreparationKey = ({ readonly kind: 'profile' } & ProfileKey) | ({ readonly kind: 'probe' } & ProbeKey);

/** A later measurement that a profile does not agree with. */
export interface ProfileDrift {
  readonly batch: number;
  /** Median of the record, and of the later measurement. */
  readonly recordedMs: number;
  readonly measuredMs: number;
  readonly at: Date;
}

/**
 * A preparation on record, or under way. FAIL: no attempt succeeded; the candidates then go without it. While a profile is
 * measured anew (WAITING or RUNNING) the one it will replace is still on record.
 */
export interface PreparationRecord {
  readonly id: string;
  readonly key: PreparationKey;
  readonly state: 'WAITING' | 'RUNNING' | 'COMPLETE' | 'FAIL';
  readonly attempt: number;
  readonly profile: ArchitectureProfile | null;
  readonly probe: ProbeScore | null;
  readonly failReason: FailReason | null;
  readonly failMessage: string | null;
  /** Null while the profile is believed. */
  readonly drift: ProfileDrift | null;
  readonly workerId: string | null;
  readonly createdAt: Date;
  /** End of the last attempt that had one. */
  readonly finishedAt: Date | null;
}
