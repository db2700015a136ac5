import type { IntDistribution } from './distribution.js';

/** How the range is cut: `log` or a `step` other than 1, not both. */
export interface IntDistributionOptions {
  /** Uniform in the logarithm. @default {false} */
  readonly log?: boolean;
  /** Integer >= 1. @default {1} */
  readonly step?: number;
}

/**
 * A range of integers, both ends included; `high` is lowered to the last `low + k·step`.
 *
 * @throws {RangeError} if an end is not a safe integer, `low > high`, `low < 1` with `log`, `step < 1`, or `log` with a
 *   `step` other than 1.
 * @see optuna/distributions.py IntDistribution, 5.0.0
 */
export function intDistribution(
  low: number,
  high: number,
  { log = false, step = 1 }: IntDistributionOptions = {},
): IntDistribution {
  if (!Number.isSafeInteger(low)) throw new RangeError(`low is ${low}, must be an integer`);
  if (!Number.isSafeInteger(high) || high < low)
    throw new RangeError(`high is ${high}, must be an integer >= low ${low}`);
  if (!Number.isSafeInteger(step) || step < 1) throw new RangeError(`step is ${step}, must be an integer >= 1`);
  if (log && low < 1) throw new RangeError(`low is ${low}, must be >= 1 when log is true`);
  if (log && step !== 1) throw new RangeError(`step is ${step}, must be 1 when log is true`);
  return { type: 'int', low, high: low + Math.floor((high - low) / step) * step, log, step };
}
