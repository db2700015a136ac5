import {
  type ConditionalSpace,
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
  type ParamValue,
  type SpaceCase,
  spaceOf,
} from '#optuna-ts-client';
import type { LearningRateRange, RetrainDepth, SearchSpace, TrialParameters } from './search-space.js';

/** The distributions of one trial; the keys are the names of `TrialParameters`. */
export type SearchDistributions = Readonly<Record<keyof TrialParameters, Distribution>>;

/**
 * A search space in Optuna's terms: architecture and retrain depth as choices, the learning rate log-uniform (by cases
 * where retrain depths have ranges of their own), epochs as an integer range, or as choices where they are a list.
 *
 * @throws {RangeError} if a list is empty or repeats itself, or a range is empty.
 */
export function searchDistributions({ architecture, retrainDepth, learningRate, epochs }: SearchSpace) {
  return {
    architecture: categoricalDistribution(architecture),
    retrainDepth: categoricalDistribution(retrainDepth),
    learningRate: learningRates(learningRate, retrainDepth),
    epochs: isList(epochs)
      ? categoricalDistribution(epochs)
      : intDistribution(epochs.low, epochs.high, { step: epochs.step }),
  } satisfies ConditionalSpace;
}

/** The distributions that a configuration of the space has. */
export function distributionsOf(space: ConditionalSpace, parameters: TrialParameters): SearchDistributions {
  return spaceOf(space, { ...parameters }) as SearchDistributions;
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

/** One case for each depth with a range of its own, and one for the others together. */
function learningRates(
  { low, high, perDepth = {} }: SearchSpace['learningRate'],
  depths: readonly RetrainDepth[],
): Distribution | readonly SpaceCase[] {
  const own = depths.filter((depth) => perDepth[depth] !== undefined);
  if (own.length === 0) return logUniform({ low, high });
  const others = depths.filter((depth) => perDepth[depth] === undefined);
  const caseOf = (retrainDepth: readonly RetrainDepth[], range: LearningRateRange): SpaceCase => ({
    when: { retrainDepth },
    distribution: logUniform(range),
  });
  return [
    ...(others.length > 0 ? [caseOf(others, { low, high })] : []),
    ...own.map((depth) => caseOf([depth], perDepth[depth] as LearningRateRange)),
  ];
}

function logUniform({ low, high }: LearningRateRange): Distribution {
  return floatDistribution(low, high, { log: true });
}

function isList(epochs: SearchSpace['epochs']): epochs is readonly number[] {
  return Array.isArray(epochs);
}
