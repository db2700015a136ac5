import type { Distribution, ParamValue } from './distributions/distribution.js';
import { toInternalRepr } from './distributions/internal-representation.js';
import type { JsonValue } from './frozen-trial.js';
import type { PruneDecision } from './pruners/pruner.js';
import { isCompatible } from './search-space.js';
import { SuggestingTrial } from './suggesting-trial.js';

/**
 * Stands for a trial where an objective is to be evaluated with given parameters, without a study: to look into one
 * configuration, or to test the objective.
 *
 * @see optuna/trial/_fixed.py, 5.0.0
 */
export class FixedTrial extends SuggestingTrial {
  readonly #params: Readonly<Record<string, ParamValue>>;
  readonly #suggested: Record<string, ParamValue> = {};
  readonly #distributions: Record<string, Distribution> = {};
  readonly #userAttrs: Record<string, JsonValue> = {};

  /** @param params Value of every parameter that will be asked for. @param number Of the trial. */
  constructor(
    params: Readonly<Record<string, ParamValue>>,
    readonly number = 0,
  ) {
    super();
    this.#params = params;
  }

  /** What has been suggested so far. */
  get params(): Readonly<Record<string, ParamValue>> {
    return this.#suggested;
  }

  get distributions(): Readonly<Record<string, Distribution>> {
    return this.#distributions;
  }

  get userAttrs(): Readonly<Record<string, JsonValue>> {
    return this.#userAttrs;
  }

  /** @throws {RangeError} if no value was given for the name, or it does not lie in the distribution. */
  async suggest(name: string, distribution: Distribution): Promise<ParamValue> {
    if (!Object.hasOwn(this.#params, name)) {
      throw new RangeError(`${name} has no value, must be one of ${Object.keys(this.#params).join(', ')}`);
    }
    const earlier = this.#distributions[name];
    if (earlier !== undefined && !isCompatible(earlier, distribution)) {
      throw new RangeError(`${name} is ${distribution.type}, must be ${earlier.type} as suggested before`);
    }
    toInternalRepr(distribution, this.#params[name], name);
    this.#distributions[name] = distribution;
    this.#suggested[name] = this.#params[name];
    return this.#params[name];
  }

  /** Goes nowhere: there is no study to keep it. */
  async report(_value: number, _step: number): Promise<void> {}

  /** Never. */
  async shouldPrune(): Promise<PruneDecision> {
    return { prune: false, reason: 'a fixed trial is never pruned' };
  }

  async setUserAttr(key: string, value: JsonValue): Promise<void> {
    this.#userAttrs[key] = value;
  }
}
