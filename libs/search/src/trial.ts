import type { JsonValue } from '#optuna-ts-client';
import type { MetricName } from './metric-name.js';
import type { TrialParameters } from './search-space.js';

/** Optuna's trial states. */
export const trialStates = ['WAITING', 'RUNNING', 'COMPLETE', 'PRUNED', 'FAIL'] as const;

export type TrialState = (typeof trialStates)[number];

/** A state that is never left. */
export type FinishedTrialState = 'COMPLETE' | 'PRUNED' | 'FAIL';

/** Allowed changes of a trial's state. RUNNING → WAITING: a lease that expired or was given back; WAITING → FAIL: the study's time is over. */
export const nextTrialStates = {
  WAITING: ['RUNNING', 'FAIL'],
  RUNNING: ['WAITING', 'COMPLETE', 'PRUNED', 'FAIL'],
  COMPLETE: [],
  PRUNED: [],
  FAIL: [],
} as const satisfies Record<TrialState, readonly TrialState[]>;

/** Why a trial is FAIL. `poisoned`: every worker that held it was lost. */
export const failReasons = ['lease_expired', 'out_of_memory', 'diverged', 'error', 'poisoned', 'cancelled'] as const;

export type FailReason = (typeof failReasons)[number];

/** One epoch of a trial. Accuracy is 0–1, losses are mean cross-entropies in nats. */
export interface EpochReport {
  /** 1 for the first epoch. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly accuracy: number;
  readonly trainSeconds: number;
  readonly evaluationSeconds: number;
}

/** What was measured of a trial. */
export interface TrialMeasures {
  /** 0–1, on the validation images. */
  readonly accuracy: number;
  /** Validation images classified right, and how many there were. */
  readonly correct: number;
  readonly validationImages: number;
  readonly validationLoss: number;
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  readonly latencyBatch: number;
  readonly latencyRepeats: number;
  readonly sizeBytes: number;
  readonly parameterCount: number;
  readonly trainedParameterCount: number;
  /** Examples of a training step; absent of trials that are older than the column. */
  readonly trainBatchSize?: number;
  readonly decodeSeconds: number;
  readonly compileSeconds: number;
  readonly trainSeconds: number;
  readonly evaluationSeconds: number;
  /** What of frozen work, training and evaluation the trial did itself; absent of trials that are older than the column. */
  readonly computedSeconds?: number;
  readonly peakMemoryBytes: number;
}

/** A blob in the artifact store. */
export interface ArtifactReference {
  /** Lower-case hexadecimal SHA-256. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Excess over one constraint's bound in the metric's unit, <= 0 where it is met; null while unknown. */
export interface ConstraintViolation {
  readonly metric: MetricName;
  readonly violation: number | null;
}

/** Which device did something: what is true of one (latency, the bytes of a training) need not be of another. */
export interface DeviceIdentity {
  /** As in {@link Device}. */
  readonly class: string;
  readonly name: string;
}

/** The device of a worker. */
export interface Device extends DeviceIdentity {
  readonly class: 'cpu' | 'webgpu' | 'cuda' | 'tfjs-node' | 'tfjs-node-gpu';
  /** Which of its class, from 0. */
  readonly index: number;
  /** Name and version of the driver; null where there is none, or it is not known. */
  readonly driver: string | null;
  /** Of the processor. */
  readonly threads: number;
  /** Null where it is not known. */
  readonly memoryBytes: number | null;
  /** Name and version of what runs networks on it; absent of workers from before preparations, which do none. */
  readonly runtime?: string | undefined;
}

/** A trial as it is stored. */
export interface TrialRecord {
  readonly id: string;
  readonly studyId: string;
  /** 0, 1, … within the study. */
  readonly number: number;
  readonly state: TrialState;
  readonly parameters: TrialParameters;
  /** What is known of the trial besides: `baseline` of the one that a rule gave, `repeat` of one that repeats another. */
  readonly userAttrs: Readonly<Record<string, JsonValue>>;
  /** Seed of the training: the same for every attempt, and for all trials of a study but repetitions. */
  readonly seed: number;
  /** Fencing token: how often it was claimed. Never goes down. */
  readonly attempt: number;
  readonly workerId: string | null;
  /** Trained it. */
  readonly device: DeviceIdentity | null;
  /** Its latency was measured on it; null while that is unknown. */
  readonly latencyDevice: DeviceIdentity | null;
  /** Last reported epoch of the current attempt, 0 before the first. */
  readonly epoch: number;
  /** Epochs that the attempt took over from an equal training on record; 0 where it began anew. */
  readonly continuedFrom: number;
  readonly measures: Partial<TrialMeasures>;
  /** 95 % Wilson interval of the accuracy; null while nothing was counted. */
  readonly accuracyInterval: { readonly low: number; readonly high: number } | null;
  readonly constraints: readonly ConstraintViolation[];
  /** Null while a constraint is unknown and none is violated. */
  readonly feasible: boolean | null;
  readonly onFront: boolean;
  readonly pruneReason: string | null;
  readonly failReason: FailReason | null;
  readonly failMessage: string | null;
  /** The trained tensors. */
  readonly checkpoint: ArtifactReference | null;
  readonly initialStateSha256: string | null;
  readonly weights: { readonly name: string; readonly sha256: string } | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}
