import type { ParamValue } from '../distributions/distribution.js';
import type { Direction, FrozenTrial } from '../frozen-trial.js';

/** What a pruner knows of the study besides its trials. */
export interface PrunerContext {
  readonly directions: readonly Direction[];
  /** Index of the objective the intermediate values belong to; -1 where no objective has a curve. */
  readonly curveObjective: number;
  /** Brackets of `hyperband` are drawn from it. @default '' */
  readonly studyName?: string;
  /**
   * One per constraint: the value of the curve objective that meets it (at least that where it is maximized, at most that
   * where it is minimized); undefined of a constraint on something else.
   *
   * @default no constraint concerns the curve
   */
  readonly curveBounds?: readonly (number | undefined)[];
  /** Which way the curve is better where no objective has it: it is that of a constraint. @default no curve then */
  readonly curveDirection?: Direction;
  /** What the curve is called where no objective has it. @default 'the value' */
  readonly curveName?: string;
  /**
   * Parameters that decide over all values known before training: what differs between trials that agree in them is chance
   * of the measuring, and their median counts.
   *
   * @default every trial counts as it was measured
   */
  readonly knownBy?: readonly string[];
  /** For reasons in words, one per objective. @default `objective 0`, … */
  readonly objectiveNames?: readonly string[];
  /** For reasons in words, one per constraint. @default `constraint 0`, … */
  readonly constraintNames?: readonly string[];
  /** What a step is called. @default 'step' */
  readonly stepName?: string;
}

/** The trial that asks whether to go on. */
export interface RunningTrial {
  readonly number: number;
  /** Step → value of the curve objective, this trial's reports so far; NaN allowed. */
  readonly intermediateValues: ReadonlyMap<number, number>;
  /** As people write them; what was not suggested yet is not there. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** The step of its last report if it goes on to the end, where that is known. */
  readonly finalStep?: number | undefined;
  /** One per objective: the final value where it is known already (latency, size), else undefined. */
  readonly knownValues: readonly (number | undefined)[];
  /**
   * One per objective: the best final value that is still possible, where that is known (seconds spent so far, of a total
   * that is minimized), else undefined.
   *
   * @default nothing is known
   */
  readonly possibleValues?: readonly (number | undefined)[];
  /** One per constraint: its value (feasible when <= 0) where it is known already, else undefined. */
  readonly knownConstraints: readonly (number | undefined)[];
}

/** Whether to stop, and why (or why not), in words a person can check. */
export interface PruneDecision {
  readonly prune: boolean;
  readonly reason: string;
}

/** The decision to go on, with the reason. */
export function keep(reason: string): PruneDecision {
  return { prune: false, reason };
}

/** The decision to stop, with the reason. */
export function prune(reason: string): PruneDecision {
  return { prune: true, reason };
}

/**
 * What of the other trials a pruner looks at, so that a storage need not read whole curves at every report: nothing; the
 * COMPLETE trials with their value at the last step that the running trial has reported; or every trial that has begun,
 * with its whole curve.
 */
export type PrunerReads = 'nothing' | 'last-step' | 'curves';

/** Decides whether a running trial is worth finishing. Stateless, no chance involved. */
export interface Pruner {
  /** As in the registry. */
  readonly name: string;
  readonly reads: PrunerReads;
  /** @param history All trials of the study, or as many as `reads` names; pruners pick the ones they compare with. */
  decide(context: PrunerContext, trial: RunningTrial, history: readonly FrozenTrial[]): PruneDecision;
}
