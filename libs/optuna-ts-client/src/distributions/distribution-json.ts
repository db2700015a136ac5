import { categoricalDistribution } from './categorical-distribution.js';
import type { Distribution, ParamValue } from './distribution.js';
import { floatDistribution } from './float-distribution.js';
import { intDistribution } from './int-distribution.js';

/**
 * Optuna's JSON of a distribution, the text in `trial_params.distribution_json`.
 *
 * Floats that are whole numbers lose their `.0`; Optuna reads them back as the same distribution.
 *
 * @see optuna/distributions.py distribution_to_json, 5.0.0
 */
export function distributionToJson(distribution: Distribution): string {
  switch (distribution.type) {
    case 'categorical':
      return JSON.stringify({ name: 'CategoricalDistribution', attributes: { choices: distribution.choices } });
    case 'float': {
      const { step, low, high, log } = distribution;
      return JSON.stringify({ name: 'FloatDistribution', attributes: { step, low, high, log } });
    }
    case 'int': {
      const { log, step, low, high } = distribution;
      return JSON.stringify({ name: 'IntDistribution', attributes: { log, step, low, high } });
    }
  }
}

/**
 * Reads what `distributionToJson` or Optuna 3 to 5 wrote. The classes that Optuna deprecated in 3.0 are not read.
 *
 * @throws {SyntaxError} if the text is not JSON. @throws {TypeError} if it is not one of the three classes.
 * @throws {RangeError} if its fields break the rules of the class.
 */
export function jsonToDistribution(json: string): Distribution {
  const parsed: unknown = JSON.parse(json);
  const { name, attributes } = isRecord(parsed) ? parsed : {};
  if (!isRecord(attributes)) throw new TypeError(`distribution is ${json}, must have a name and attributes`);
  if (name === 'CategoricalDistribution' && Array.isArray(attributes.choices)) {
    return categoricalDistribution(attributes.choices as ParamValue[]);
  }
  const { low, high, log = false, step = null } = attributes;
  const numeric = typeof low === 'number' && typeof high === 'number' && typeof log === 'boolean';
  if (numeric && name === 'FloatDistribution' && (step === null || typeof step === 'number')) {
    return floatDistribution(low, high, { log, step });
  }
  if (numeric && name === 'IntDistribution' && (step === null || typeof step === 'number')) {
    return intDistribution(low, high, { log, step: step ?? 1 });
  }
  throw new TypeError(
    `distribution is ${json}, must be a FloatDistribution, IntDistribution or CategoricalDistribution`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
