import type { CategoricalDistribution, ParamValue } from './distribution.js';

/**
 * A list of choices without an order.
 *
 * @param choices At least one; null, booleans, finite numbers and strings, each at most once (1 and true are two).
 * @throws {RangeError} if there is no choice or one appears twice. @throws {TypeError} if a choice is of another kind.
 * @see optuna/distributions.py CategoricalDistribution, 5.0.0
 */
export function categoricalDistribution(choices: readonly ParamValue[]): CategoricalDistribution {
  if (choices.length === 0) throw new RangeError('choices is empty, must hold at least one choice');
  for (const [index, choice] of choices.entries()) {
    const allowed =
      choice === null ||
      typeof choice === 'boolean' ||
      typeof choice === 'string' ||
      (typeof choice === 'number' && Number.isFinite(choice));
    if (!allowed) {
      throw new TypeError(
        `choices[${index}] is ${String(choice)}, must be null, a boolean, a finite number or a string`,
      );
    }
  }
  const repeated = choices.find((choice, index) => choices.indexOf(choice) !== index);
  if (repeated !== undefined) throw new RangeError(`choices holds ${JSON.stringify(repeated)} twice, must be distinct`);
  return { type: 'categorical', choices: [...choices] };
}
