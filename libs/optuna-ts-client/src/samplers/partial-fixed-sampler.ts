/** @file Some parameters held fast, the others by another sampler. Mirrors optuna/samplers/_partial_fixed.py 5.0.0. */
import type { Distribution, ParamValue } from '../distributions/distribution.js';
import { toInternalRepr } from '../distributions/internal-representation.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from './sampler.js';

/**
 * Fixes parameters by value; not in the registry, since it is made of a sampler and values.
 *
 * A model of the whole space hears of the fixed ones (`SamplerContext.fixed`). A value that its distribution does not
 * hold is a RangeError that names it (there, it is used with a warning).
 */
export class PartialFixedSampler implements Sampler {
  readonly name: string;
  readonly #fixedParams: Readonly<Record<string, ParamValue>>;
  readonly #base: Sampler;

  /** @param fixedParams As people write them; names that a space does not have are passed over. */
  constructor(fixedParams: Readonly<Record<string, ParamValue>>, base: Sampler) {
    this.name = base.name;
    this.#fixedParams = fixedParams;
    this.#base = base;
  }

  /** @throws {RangeError} if a fixed value lies outside its distribution; whatever the other sampler throws. */
  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    const { fixed, open } = this.#split(space);
    const decided = { ...context.fixed, ...fixed };
    const inner = Object.keys(decided).length === 0 ? context : { ...context, fixed: decided };
    return { ...this.#base.sampleRelative(inner, history, open), ...fixed };
  }

  /** @throws as `sampleRelative`. */
  sampleIndependent(context: SamplerContext, history: TrialHistory, name: string, distribution: Distribution): number {
    if (!Object.hasOwn(this.#fixedParams, name)) {
      return this.#base.sampleIndependent(context, history, name, distribution);
    }
    return toInternalRepr(distribution, this.#fixedParams[name], name);
  }

  /** Whether the other sampler has nothing left beside the fixed values. */
  isExhausted(history: TrialHistory, space: SearchSpace): boolean {
    if (this.#base.isExhausted === undefined) return false;
    const { fixed, open } = this.#split(space);
    const agreeing = history.filter(({ internalParams }) =>
      Object.entries(fixed).every(([name, value]) => (internalParams[name] ?? value) === value),
    );
    return this.#base.isExhausted(agreeing, open);
  }

  #split(space: SearchSpace): { fixed: InternalParams; open: SearchSpace } {
    const fixed: Record<string, number> = {};
    const open: Record<string, Distribution> = {};
    for (const [name, distribution] of Object.entries(space)) {
      if (Object.hasOwn(this.#fixedParams, name)) {
        fixed[name] = toInternalRepr(distribution, this.#fixedParams[name], name);
      } else open[name] = distribution;
    }
    return { fixed, open };
  }
}
