import type { Constraint, Objective } from './metric-name.js';
import type { SearchSpace, TrialParameters } from './search-space.js';
import type { TrialState } from './trial.js';

/** What every trial of a study shares. */
export interface TrainingSettings {
  /** Side of the square the networks see, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** In [0, 1). */
  readonly momentum: number;
  readonly weightDecay: number;
  /** How a new head starts: fitted to the pretrained features, or as the seed draws it; `scratch` is always random. */
  readonly headInit: 'probe' | 'random';
  /** Images in the batch whose latency is measured. */
  readonly latencyBatch: number;
  /** Seed of the trials, integer in [0, 2³²). */
  readonly seed: number;
  /** Name of the weights that pretrained trials start from, per architecture; absent where none is pretrained. */
  readonly weights?: Readonly<Record<string, string>>;
}

/** A sampler or pruner by its name in the registries of `#optuna-ts-client`, with its options. */
export interface AlgorithmChoice {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Earlier studies whose finished trials a sampler learns from. */
export interface WarmStart {
  readonly studyIds: readonly string[];
  /** Of one of their trials beside one of the study's own, in (0, 1]. */
  readonly weight: number;
}

/** What a person asks for: the whole of a study before its first trial. */
export interface StudySpec {
  readonly name: string;
  readonly datasetId: string;
  readonly searchSpace: SearchSpace;
  readonly training: TrainingSettings;
  /** 1–4, each metric once. */
  readonly objectives: readonly Objective[];
  readonly constraints: readonly Constraint[];
  readonly sampler: AlgorithmChoice;
  readonly pruner: AlgorithmChoice;
  /** Points that are tried before the sampler proposes any. */
  readonly enqueue: readonly TrialParameters[];
  /** Whether the configuration of a rule, which nobody searched for, is tried before all others. @default {false} */
  readonly baseline?: boolean | undefined;
  /** Earlier studies that the sampler learns from; their trials never appear among this study's. @default none */
  readonly warmStart?: WarmStart | undefined;
  /** How many trials are made at the most; cancelled ones are not counted, nor one record of each infeasible architecture. */
  readonly trials: number;
  /** No new trial begins after this many seconds from the study's creation. */
  readonly timeoutSeconds: number | null;
  /** Workers that may be lost with a trial, the first included, before it is FAIL. */
  readonly maxAttempts: number;
  /** Seed of the sampler, integer in [0, 2³²). */
  readonly seed: number;
}

/** RUNNING: trials are made and given out. STOPPED: by a person. COMPLETE: every trial is finished. */
export const studyStates = ['RUNNING', 'STOPPED', 'COMPLETE'] as const;

export type StudyState = (typeof studyStates)[number];

/** Allowed changes of a study's state. */
export const nextStudyStates = {
  RUNNING: ['STOPPED', 'COMPLETE'],
  STOPPED: ['RUNNING'],
  COMPLETE: [],
} as const satisfies Record<StudyState, readonly StudyState[]>;

/** A study as it is stored, with the numbers that follow from its trials. */
export interface StudyRecord {
  readonly id: string;
  readonly state: StudyState;
  readonly spec: StudySpec;
  readonly datasetName: string;
  readonly counts: Readonly<Record<TrialState, number>>;
  /** How many of the FAIL trials were cancelled by a stop. */
  readonly cancelled: number;
  /** `spec.trials` and one for each architecture on record as infeasible, or fewer where the sampler has nothing left to propose. */
  readonly trialLimit: number;
  /** Number of the trial that is ranked first; null while none is feasible. */
  readonly bestTrialNumber: number | null;
  /** True once `spec.timeoutSeconds` have passed since the creation, by the clock of the database. */
  readonly timedOut: boolean;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** A study as it is shown. */
export interface StudyView extends StudyRecord {
  /** Trials finished (cancelled ones left out), and trials wanted. */
  readonly progress: { readonly finished: number; readonly total: number };
  /** Null while nothing is known, nobody works or nothing is left. */
  readonly eta: { readonly secondsRemaining: number; readonly finishesAt: Date } | null;
}
