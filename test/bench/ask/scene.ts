import { categoricalDistribution, floatDistribution, intDistribution } from '#optuna-ts-client';

/** One line of the table: what the study holds before the first ask that is measured. */
export interface Scene {
  /** Finished trials. */
  readonly trials: number;
  readonly objectives: 1 | 2;
  /** Whether each trial has a constraint, which about a quarter of them violate. */
  readonly constrained: boolean;
}

/** What both sides are given: parameters and results of random trials, those of the later asks among them. */
export interface PreparedScene extends Scene {
  /** Internal numbers in the order of the space. */
  readonly params: readonly (readonly number[])[];
  /** Values and constraints that ended trials have; those from `trials` on are told to what is asked for, in turn. */
  readonly values: readonly (readonly number[])[];
  readonly constraints: readonly number[];
}

/** Trials beyond the finished ones whose results are told. */
export const spareTrials = 1000;

export const directions = ['minimize', 'minimize'] as const;

/** The space of a transfer-learning study; `optuna_asks.py` has the same. */
export const space = {
  architecture: categoricalDistribution([...Array(8).keys()].map((index) => `a${index}`)),
  retrainDepth: categoricalDistribution([...Array(4).keys()].map((index) => `d${index}`)),
  learningRate: floatDistribution(1e-5, 1e-1, { log: true }),
  epochs: intDistribution(1, 50),
};
