/** How much of a network is trained: new head, last stage too, everything, everything from its initial state. */
export const retrainDepths = ['shallow', 'partial', 'deep', 'scratch'] as const;

export type RetrainDepth = (typeof retrainDepths)[number];

/** Epochs as a range with a step (`high` included where the step meets it). */
export interface EpochRange {
  /** Integer >= 1. */
  readonly low: number;
  /** Integer >= `low`. */
  readonly high: number;
  /** Integer >= 1. */
  readonly step: number;
}

/** Drawn on a logarithmic scale; 0 < low <= high. */
export interface LearningRateRange {
  readonly low: number;
  readonly high: number;
}

/** Everything a trial of the study may be. */
export interface SearchSpace {
  /** Names of the zoo, no repeats. */
  readonly architecture: readonly string[];
  /** No repeats. */
  readonly retrainDepth: readonly RetrainDepth[];
  /** One range for all retrain depths, but for those that have their own. */
  readonly learningRate: LearningRateRange & {
    readonly perDepth?: { readonly [Depth in RetrainDepth]?: LearningRateRange | undefined } | undefined;
  };
  /** A range, or a list of epoch counts. */
  readonly epochs: EpochRange | readonly number[];
}

/** One point of a search space. */
export interface TrialParameters {
  readonly architecture: string;
  readonly retrainDepth: RetrainDepth;
  /** Of SGD with momentum; > 0. */
  readonly learningRate: number;
  /** Integer >= 1. */
  readonly epochs: number;
}
