import { gridPoint } from './decimal-grid.js';
import type { Distribution, ParamValue } from './distribution.js';

/** Relative distance to a grid point below which a value counts as being on it, as in Optuna. */
const GRID_TOLERANCE = 1e-8;

/**
 * The number that stands for `value` in samplers and rows: the index of a choice, or the number itself (also for
 * log ranges).
 *
 * @throws {RangeError} naming `name` if the value is not one of the choices or lies outside the range or off the grid.
 */
export function toInternalRepr(distribution: Distribution, value: ParamValue, name = 'value'): number {
  if (distribution.type === 'categorical') {
    const index = distribution.choices.indexOf(value);
    if (index < 0) {
      throw new RangeError(
        `${name} is ${JSON.stringify(value)}, must be one of ${JSON.stringify(distribution.choices)}`,
      );
    }
    return index;
  }
  if (typeof value !== 'number' || !contains(distribution, value)) {
    throw new RangeError(`${name} is ${JSON.stringify(value)}, must be ${describeDistribution(distribution)}`);
  }
  return value;
}

/**
 * The value that people see for an internal number.
 *
 * @throws {RangeError} if `internal` is not the index of a choice, or is NaN. Numbers outside a numeric range are
 *   passed through: the range may have been changed since they were drawn.
 */
export function toExternalRepr(distribution: Distribution, internal: number): ParamValue {
  if (distribution.type === 'categorical') {
    if (!(Number.isInteger(internal) && internal >= 0 && internal < distribution.choices.length)) {
      throw new RangeError(`internal is ${internal}, must be an index of ${distribution.choices.length} choices`);
    }
    return distribution.choices[internal];
  }
  if (Number.isNaN(internal)) throw new RangeError('internal is NaN, must be a number');
  return distribution.type === 'int' ? Math.round(internal) : internal;
}

/** Whether the internal number lies in the distribution: in range, on the grid, an index of a choice. NaN never does. */
export function contains(distribution: Distribution, internal: number): boolean {
  if (distribution.type === 'categorical') {
    return Number.isInteger(internal) && internal >= 0 && internal < distribution.choices.length;
  }
  if (!(internal >= distribution.low && internal <= distribution.high)) return false;
  if (distribution.type === 'int' && !Number.isInteger(internal)) return false;
  if (distribution.step === null) return true;
  const steps = (internal - distribution.low) / distribution.step;
  return Math.abs(steps - Math.round(steps)) < GRID_TOLERANCE;
}

/** Whether a value as people write it is one of the choices, or lies in range and on the grid. */
export function containsValue(distribution: Distribution, value: ParamValue): boolean {
  if (distribution.type === 'categorical') return distribution.choices.includes(value);
  return typeof value === 'number' && contains(distribution, value);
}

/**
 * The value of the distribution that is nearest to one which need not lie in it: clipped to the range, on the grid; of
 * numeric choices the nearest one.
 *
 * @returns A choice that is equal, else the nearest number among the choices, else the first choice.
 */
export function nearestValue(distribution: Distribution, value: ParamValue): ParamValue {
  if (distribution.type !== 'categorical') {
    return onGrid(distribution, typeof value === 'number' && !Number.isNaN(value) ? value : distribution.low);
  }
  const { choices } = distribution;
  if (choices.includes(value) || typeof value !== 'number') return choices.includes(value) ? value : choices[0];
  const numbers = choices.filter((choice): choice is number => typeof choice === 'number');
  if (numbers.length === 0) return choices[0];
  return numbers.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
}

/** How many different values there are; Infinity for a continuous range wider than one point. */
export function cardinality(distribution: Distribution): number {
  if (distribution.type === 'categorical') return distribution.choices.length;
  if (distribution.low === distribution.high) return 1;
  if (distribution.step === null) return Number.POSITIVE_INFINITY;
  return Math.round((distribution.high - distribution.low) / distribution.step) + 1;
}

/** The k-th value of a finite distribution, 0 <= k < cardinality, as an internal number. */
export function internalAt(distribution: Distribution, k: number): number {
  if (distribution.type === 'categorical') return k;
  return onGrid(distribution, distribution.low + k * (distribution.step ?? 0));
}

/** The nearest value that the distribution holds: clipped to the range, rounded to the grid. Numeric kinds only. */
export function onGrid(distribution: Exclude<Distribution, { type: 'categorical' }>, internal: number): number {
  const { low, high, step } = distribution;
  const rounded = step === null ? internal : gridPoint(low, step, Math.round((internal - low) / step));
  return Math.min(high, Math.max(low, rounded));
}

/** In words, for error messages and pages: `a number in [0.00001, 0.1] (log)`. */
export function describeDistribution(distribution: Distribution): string {
  if (distribution.type === 'categorical') return `one of ${JSON.stringify(distribution.choices)}`;
  const { low, high, log, step, type } = distribution;
  const grid = step !== null && step !== (type === 'int' ? 1 : null) ? `, every ${step}` : '';
  return `${type === 'int' ? 'an integer' : 'a number'} in [${low}, ${high}]${grid}${log ? ' (log)' : ''}`;
}
