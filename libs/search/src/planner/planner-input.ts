import type { TrialHistory } from '../ports/trial-repository.js';
import type { ArchitectureProfile, ProbeScore } from '../preparation.js';
import type { TrialParameters } from '../search-space.js';
import type { StudySpec } from '../study.js';

/** Seconds that training takes, as the device's record predicts them. */
export interface TrainingCost {
  /**
   * From the claim to the finish of a trial that continues at epoch `fromEpoch` (0: from the beginning): start-up, compiling
   * and the frozen work that is not in the cache yet included.
   */
  secondsOf(parameters: TrialParameters, fromEpoch: number): number;
}

/** All that the planner decides from; the same input gives the same plan. */
export interface PlannerInput {
  readonly spec: StudySpec;
  /** All trials in order of the number, RUNNING ones included. */
  readonly history: readonly TrialHistory[];
  /** Finished trials of the studies of `spec.warmStart`, older ones first. @default none */
  readonly earlier?: readonly TrialHistory[];
  /** By architecture, on the device that asks; absent while it is not measured, or where it could not be. */
  readonly profiles: ReadonlyMap<string, ArchitectureProfile>;
  /** By architecture; absent where there is none (no weights, `scratch` only, failed). */
  readonly probes: ReadonlyMap<string, ProbeScore>;
  readonly cost: TrainingCost;
  /** Seconds that are left of the study's tightest time budget, final evaluation and export already taken off; Infinity without one. */
  readonly secondsLeft: number;
  /** Trials that may still be made. */
  readonly trialsLeft: number;
}

/** A trial to be trained; it continues the equal one of fewer epochs where one is on record. */
export interface PlannedTrial {
  readonly kind: 'trial';
  readonly parameters: TrialParameters;
  /** 0 for the first training of a configuration; 1, 2, … for its repetitions with other seeds. */
  readonly repeat: number;
  /** Why, in one line for people: expected gain, seconds, which phase. Empty where a sampler chose that gives no reasons. */
  readonly reason: string;
}

/** What is to be done next for a worker that asks. */
export type PlannedStep =
  | PlannedTrial
  /** Running trials decide what is worth while: ask again later. */
  | { readonly kind: 'wait' }
  /** Nothing is worth its seconds any more, or nothing is left. */
  | { readonly kind: 'done'; readonly reason: string };
