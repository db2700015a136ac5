import { hypervolumeContributions } from '#ranking';
import { referencePoint } from './reference-point.js';

/** How the good trials of several objectives count: by hypervolume contribution (Optuna to 4.9), or alike (5.0). */
export type GoodWeights = 'hypervolume' | 'equal';

/** Trials that keep their full weight however many follow. */
const YOUNG_TRIALS = 25;
/** Weight of a good trial that adds nothing to the front. */
const NEGLIGIBLE = 1e-12;

/**
 * Weights by age: the last 25 trials count 1, those before them fade to 1/n.
 *
 * @param n How many trials, by rising number.
 * @see optuna/samplers/_tpe/sampler.py default_weights, 5.0.0
 */
export function ageWeights(n: number): Float64Array {
  const weights = new Float64Array(n).fill(1);
  const old = n - YOUNG_TRIALS;
  for (let index = 0; index < old; index++) {
    weights[index] = old === 1 ? 1 / n : 1 / n + (index * (1 - 1 / n)) / (old - 1);
  }
  return weights;
}

/**
 * Weights by what each good trial adds to the hypervolume of all good ones; the largest contribution counts 1.
 *
 * @param losses One row of finite losses per trial, or null for a trial without values or outside the constraints:
 *   those count next to nothing, unless there is no other; then all count 1.
 * @see optuna/samplers/_tpe/sampler.py _calculate_weights_below_for_multi_objective, 4.9.0
 */
export function contributionWeights(losses: readonly (readonly number[] | null)[]): Float64Array {
  const rows = losses.filter((row) => row !== null);
  if (rows.length === 0) return new Float64Array(losses.length).fill(1);
  const contributions = hypervolumeContributions(rows, referencePoint(rows));
  let largest = 0;
  for (let row = 0; row < contributions.length; row++) {
    contributions[row] += NEGLIGIBLE;
    largest = Math.max(largest, contributions[row]);
  }
  const weights = new Float64Array(losses.length);
  let next = 0;
  for (let trial = 0; trial < weights.length; trial++) {
    weights[trial] = losses[trial] === null ? NEGLIGIBLE : contributions[next++] / largest;
  }
  return weights;
}
