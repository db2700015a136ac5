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

/** Everything a trial of the study may be. */
export interface SearchSpace {
  /** Names of the zoo, no repeats. */
  readonly architecture: readonly string[];
  /** No repeats. */
  readonly retrainDepth: readonly RetrainDepth[];
  /** Drawn on a logarithmic scale; 0 < low <= high. */
  readonly learningRate: { readonly low: number; readonly high: number };
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
