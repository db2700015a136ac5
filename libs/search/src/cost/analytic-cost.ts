import type { ArchitectureProfile } from '../preparation.js';
import type { RetrainDepth } from '../search-space.js';
import type { CostDevice } from './training-cost-record.js';

/** What is known of an architecture whatever it is trained to. */
export interface ArchitectureSize {
  /** Multiply-accumulates of one picture at `imageSize`, 10⁹. */
  readonly gigaMacs: number;
  /** For two classes; batch norm's statistics are none. */
  readonly parameterCount: number;
}

/** Passes of a picture through the network for one training step, in passes of inference; frozen features are at hand. */
const TRAINING_PASSES: Readonly<Record<RetrainDepth, number>> = { shallow: 0.02, partial: 0.8, deep: 3, scratch: 3 };
/** And for its evaluation. */
const EVALUATION_PASSES: Readonly<Record<RetrainDepth, number>> = { shallow: 0.02, partial: 0.3, deep: 1, scratch: 1 };
/** Part of the parameters that a step changes. */
const TRAINED_PART: Readonly<Record<RetrainDepth, number>> = { shallow: 0.01, partial: 0.3, deep: 1, scratch: 1 };

/** 10⁹ multiply-accumulates a second: of one core, of a graphics card. Good to a factor of two or three. */
const CORE_GIGAMACS = 25;
const CARD_GIGAMACS: Readonly<Record<string, number>> = { webgpu: 500, cuda: 3000, 'tfjs-node-gpu': 2000 };
/** Gradient, momentum and change of one parameter in one step. */
const CORE_PARAMETER_SECONDS = 8e-9;
const CARD_PARAMETER_SECONDS = 3e-10;
/** What a call costs whatever is computed, seconds a picture. */
const LEAST_SECONDS = 2e-6;

/** Batch size that latencies are taken from, where there is one. */
const PROFILE_BATCH = 16;

/** Seconds of one picture's inference in a batch, as the profile measured it; null where it has no batch. */
export function profiledForwardSeconds({ latencies }: Pick<ArchitectureProfile, 'latencies'>): number | null {
  const distance = (batch: number) => Math.abs(Math.log(batch / PROFILE_BATCH));
  const [nearest] = [...latencies].sort((a, b) => distance(a.batch) - distance(b.batch));
  return nearest === undefined ? null : nearest.p50Ms / 1000 / nearest.batch;
}

/** What a device does with 10⁹ multiply-accumulates while nothing was measured on it, seconds. */
export function assumedSecondsPerGigaMac({ class: deviceClass, threads }: CostDevice): number {
  return 1 / (CARD_GIGAMACS[deviceClass] ?? CORE_GIGAMACS * threads);
}

/**
 * Seconds of one picture in an epoch of training, as the shape of the work suggests.
 *
 * @param forwardSeconds Of its inference.
 */
export function analyticTrainSeconds(
  depth: RetrainDepth,
  forwardSeconds: number,
  { parameterCount }: ArchitectureSize,
  batchSize: number,
  { class: deviceClass, threads }: CostDevice,
): number {
  const onCard = CARD_GIGAMACS[deviceClass] !== undefined;
  const perParameter = onCard ? CARD_PARAMETER_SECONDS : (2 * CORE_PARAMETER_SECONDS) / threads;
  const update = (TRAINED_PART[depth] * parameterCount * perParameter) / batchSize;
  return LEAST_SECONDS + TRAINING_PASSES[depth] * forwardSeconds + update;
}

/** Seconds of one picture's evaluation. */
export function analyticEvaluationSeconds(depth: RetrainDepth, forwardSeconds: number): number {
  return LEAST_SECONDS + EVALUATION_PASSES[depth] * forwardSeconds;
}
