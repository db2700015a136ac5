import type { SearchSpace } from '../../search-space.js';
import type { TrialLedger } from '../ledger/trial-ledger.js';
import type { SamplerContext } from '../sampler.js';
import type { DecidedParams } from './decided-params.js';
import { goodCount, splitTrials } from './split-trials.js';
import { type ModelSide, TpeModel } from './tpe-model.js';
import type { TpeSamplerOptions } from './tpe-options.js';
import { TrialOutcomes } from './trial-outcomes.js';
import { ageWeights, contributionWeights } from './trial-weights.js';

/** The options that a model depends on. */
export type ModelOptions = Pick<
  Required<TpeSamplerOptions>,
  'gamma' | 'weights' | 'constantLiar' | 'bandwidth' | 'priorWeight'
>;

/**
 * Models of the good and the other trials of a study, one for each of the spaces, over the same split.
 *
 * @param decided Parameters that every model is conditioned on. @default none
 */
export function modelsOf(
  { gamma, weights, constantLiar, bandwidth, priorWeight }: ModelOptions,
  context: SamplerContext,
  ledger: TrialLedger,
  spaces: readonly SearchSpace[],
  decided?: DecidedParams,
): TpeModel[] {
  const { finished, weights: discounts } = TrialOutcomes.of(ledger, context);
  const objectives = context.directions.length;
  const split = splitTrials(context, ledger, goodCount(finished, objectives, gamma), constantLiar);
  const weighGood = (kept: Int32Array) => {
    if (objectives === 1) return ageWeights(kept.length);
    if (weights === 'equal') return new Float64Array(kept.length).fill(1);
    return contributionWeights(Array.from(kept, (index) => split.losses[index]));
  };
  const side = (slots: Int32Array, weigh: (kept: Int32Array) => Float64Array): ModelSide => ({
    slots,
    weigh: (kept) => {
      const weighed = weigh(kept);
      for (let row = 0; row < weighed.length; row++) weighed[row] *= discounts[slots[kept[row]]];
      return weighed;
    },
  });
  const good = side(split.below, weighGood);
  const bad = side(split.above, (kept) => ageWeights(kept.length));
  const estimator = { bandwidth, priorWeight };
  return spaces.map((space) => new TpeModel({ ledger, space, good, bad, decided, estimator }));
}
