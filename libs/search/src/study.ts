import type { Constraint, Objective } from './metric-name.js';
import type { SearchSpace, TrialParameters } from './search-space.js';
import type { TrialState } from './trial.js';

/**
 * The learning rate of each epoch as a multiple of the trial's; none depends on how many epochs there are in all.
 * `warmup` rises in equal steps to the whole rate after `epochs` epochs; `steps` multiplies it by `factor` in (0, 1) once as
 * many epochs are done as each entry of `at` (rising, >= 1) says.
 */
export type LearningRateSchedule =
  | { readonly kind: 'constant' }
  | { readonly kind: 'warmup'; readonly epochs: number }
  | { readonly kind: 'steps'; readonly at: readonly number[]; readonly factor: number };

/**
 * Seeded views of every training picture, 1–32, of which epoch e sees number e mod `views`; view 0 is the picture itself, the
 * others are perhaps mirrored and shifted by up to `shift` of the side, in [0, 0.5].
 */
export interface Augmentation {
  readonly views: number;
  readonly flip: boolean;
  readonly shift: number;
}

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
  /** @default constant */
  readonly schedule?: LearningRateSchedule;
  /** @default none */
  readonly augmentation?: Augmentation | undefined;
  /** How features of frozen blocks are kept. @default {'fp32'} */
  readonly featureDtype?: 'fp32' | 'fp16' | undefined;
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

/** What a study may use; whichever limit is reached first ends it. */
export interface StudyBudget {
  /** From the creation of the study to its very end, the reserve included; > 0. */
  readonly wallClockSeconds?: number | undefined;
  /** When it has to be over: ISO 8601, UTC. */
  readonly deadline?: string | undefined;
  /** Training that workers compute, all of them together: what is taken over from the record is free; > 0. */
  readonly trainSeconds?: number | undefined;
  /** The same as `StudySpec.trials`. */
  readonly trials?: number | undefined;
  /** Of the time, what is kept back for the final evaluation and the export. @default what earlier exports took */
  readonly reserveSeconds?: number | undefined;
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
  /** No new trial begins after this many seconds from the study's creation; running ones go on to their end. */
  readonly timeoutSeconds: number | null;
  /** What the study may use. @default no limit but `trials` and `timeoutSeconds` */
  readonly budget?: StudyBudget | undefined;
  /** Workers that may be lost with a trial, the first included, before it is FAIL. */
  readonly maxAttempts: number;
  /** Seed of the sampler, integer in [0, 2³²). */
  readonly seed: number;
}

/** A spec as it is asked for: how many trials may be left to the budget, see `trialsOf`. */
export type AskedStudySpec = Omit<StudySpec, 'trials'> & { readonly trials?: number | undefined };

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
  /** True once no new trial may begin: `spec.timeoutSeconds` have passed since the creation, or `overBudget`. */
  readonly timedOut: boolean;
  /** True once the time of `spec.budget` is used up, all but the reserve: running trials end with their next report. */
  readonly overBudget: boolean;
  /** When `spec.budget` ends everything, by the clock of the database; null without such a limit. */
  readonly endsAt: Date | null;
  /** Kept back before `endsAt` for the final evaluation and the export, seconds. */
  readonly reserveSeconds: number;
  /** Training that workers computed for the study so far, running trials included. */
  readonly spentTrainSeconds: number;
  /** When this was read, by the clock of the database. */
  readonly readAt: Date;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** When a study is expected to end. */
export interface StudyEta {
  /** As likely too long as too short. */
  readonly secondsRemaining: number;
  /** The ends of a 90 % interval, seconds. */
  readonly low: number;
  readonly high: number;
  readonly finishesAt: Date;
  /** Trials that will have finished by then. */
  readonly trials: number;
}

/** A study as it is shown. */
export interface StudyView extends StudyRecord {
  /** Trials finished (cancelled ones left out), and trials wanted. */
  readonly progress: { readonly finished: number; readonly total: number };
  /** Null while nothing is known, nobody works or nothing is left. */
  readonly eta: StudyEta | null;
}
