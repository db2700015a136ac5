import { categoricalDistribution } from './distributions/categorical-distribution.js';
import type { Distribution, ParamValue } from './distributions/distribution.js';
import { type FloatDistributionOptions, floatDistribution } from './distributions/float-distribution.js';
import { type IntDistributionOptions, intDistribution } from './distributions/int-distribution.js';

/** What an objective asks for its parameters, whoever gives them. */
export abstract class SuggestingTrial {
  /** A value for one parameter. */
  abstract suggest(name: string, distribution: Distribution): Promise<ParamValue>;

  /** A number in [low, high]. @throws {RangeError} as `floatDistribution` and `suggest`. */
  async suggestFloat(name: string, low: number, high: number, options?: FloatDistributionOptions): Promise<number> {
    return (await this.suggest(name, floatDistribution(low, high, options))) as number;
  }

  /** An integer in [low, high]. @throws {RangeError} as `intDistribution` and `suggest`. */
  async suggestInt(name: string, low: number, high: number, options?: IntDistributionOptions): Promise<number> {
    return (await this.suggest(name, intDistribution(low, high, options))) as number;
  }

  /** One of the choices. @throws {RangeError} as `categoricalDistribution` and `suggest`. */
  async suggestCategorical<Choice extends ParamValue>(name: string, choices: readonly Choice[]): Promise<Choice> {
    return (await this.suggest(name, categoricalDistribution(choices))) as Choice;
  }
}
