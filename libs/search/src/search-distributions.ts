import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
  type ParamValue,
} from '#optuna-ts-client';
import type { RetrainDepth, SearchSpace, TrialParameters } from './search-space.js';

/** The distributions of a search space; the keys are the names of `TrialParameters`. */
export type SearchDistributions = Readonly<Record<keyof TrialParameters, Distribution>>;

/**
 * A search space in Optuna's terms: architecture and retrain depth as choices, the learning rate log-uniform, epochs as
 * an integer range, or as choices where they are a list.
 *
 * @throws {RangeError} if a list is empty or repeats itself, or a range is empty.
 */
export function searchDistributions({ architecture, retrainDepth, learningRate, epochs }: SearchSpace) {
  return {
    architecture: categoricalDistribution(architecture),
    retrainDepth: categoricalDistribution(retrainDepth),
    learningRate: floatDistribution(learningRate.low, learningRate.high, { log: true }),
    epochs: isList(epochs)
      ? categoricalDistribution(epochs)
      : intDistribution(epochs.low, epochs.high, { step: epochs.step }),
  } satisfies SearchDistributions;
}

/** Reads a sampler's proposal back; the names and kinds are those of `searchDistributions`. */
export function toTrialParameters(params: Readonly<Record<string, ParamValue>>): TrialParameters {
  return {
    architecture: String(params.architecture),
    retrainDepth: params.retrainDepth as RetrainDepth,
    learningRate: Number(params.learningRate),
    epochs: Number(params.epochs),
  };
}

function isList(epochs: SearchSpace['epochs']): epochs is readonly number[] {
  return Array.isArray(epochs);
}
