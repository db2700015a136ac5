/** A parameter value as people write it: Optuna's external representation. */
export type ParamValue = null | boolean | number | string;

/** Floats in [low, high]; on a grid from `low` when `step` is set, log-uniform when `log` is. */
export interface FloatDistribution {
  readonly type: 'float';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Grid width, or null for a continuous range. Never set together with `log`. */
  readonly step: number | null;
}

/** Integers in [low, high], every `step`-th from `low`; log-uniform when `log` is set (then `step` is 1). */
export interface IntDistribution {
  readonly type: 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number;
}

/** An unordered list of choices. The internal representation of a choice is its index. */
export interface CategoricalDistribution {
  readonly type: 'categorical';
  readonly choices: readonly ParamValue[];
}

/** Where a parameter may lie. Plain data: made by `floatDistribution`, `intDistribution`, `categoricalDistribution`. */
export type Distribution = FloatDistribution | IntDistribution | CategoricalDistribution;
