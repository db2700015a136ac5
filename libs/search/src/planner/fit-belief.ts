import { AccuracyBelief, type BeliefParameters, type BeliefPoint, type Observation } from './accuracy-belief.js';
import { tellingObservations } from './observations.js';

/** What is tried: from accuracies that hardly differ to ones that differ twice as much as usual. */
const SCALES = [0.35, 0.5, 0.7, 1, 1.4, 2];
const RATE_LENGTHS = [0.6, 1, 1.7];
/** ln of the prior: a factor of two is one standard deviation of the scale. */
const SCALE_DEVIATION = Math.log(2);
/** Of these the likelihood is computed: its cost grows with the cube of their number. */
const MOST_FOR_LIKELIHOOD = 80;

/** The belief whose width and lengthscale make what was seen most likely. */
export function fitBelief(
  observations: readonly Observation[],
  priorMean: (point: BeliefPoint) => number,
): AccuracyBelief {
  const sample = tellingObservations(observations, MOST_FOR_LIKELIHOOD);
  let best: BeliefParameters = { scale: 1, rateLength: 1 };
  let highest = Number.NEGATIVE_INFINITY;
  for (const scale of sample.length < FEWEST_FOR_FIT ? [1] : SCALES) {
    for (const rateLength of sample.length < FEWEST_FOR_FIT ? [1] : RATE_LENGTHS) {
      const likelihood = believe({ scale, rateLength }, sample, priorMean).logLikelihood() + logPrior(scale);
      if (likelihood > highest) [highest, best] = [likelihood, { scale, rateLength }];
    }
  }
  return believe(best, observations, priorMean);
}

const FEWEST_FOR_FIT = 5;

function believe(
  parameters: BeliefParameters,
  observations: readonly Observation[],
  priorMean: (point: BeliefPoint) => number,
): AccuracyBelief {
  const belief = new AccuracyBelief(parameters, priorMean);
  for (const observation of observations) belief.append(observation);
  return belief;
}

function logPrior(scale: number): number {
  return -0.5 * (Math.log(scale) / SCALE_DEVIATION) ** 2;
}
