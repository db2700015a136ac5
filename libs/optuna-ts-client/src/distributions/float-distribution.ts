import type { FloatDistribution } from './distribution.js';

/** How the range is cut: `log` or `step`, not both. */
export interface FloatDistributionOptions {
  /** Uniform in the logarithm. @default {false} */
  readonly log?: boolean;
  /** Grid width > 0, or null for continuous. @default {null} */
  readonly step?: number | null;
}

/**
 * A range of floats, both ends included.
 *
 * With a `step` that does not divide the range, `high` is lowered to the last grid point (in decimal arithmetic, so
 * 0…1 by 0.1 keeps its 1).
 *
 * @throws {RangeError} if an end is not finite, `low > high`, `low <= 0` with `log`, `step <= 0`, or `log` with `step`.
 * @see optuna/distributions.py FloatDistribution, 5.0.0
 */
export function floatDistribution(
  low: number,
  high: number,
  { log = false, step = null }: FloatDistributionOptions = {},
): FloatDistribution {
  if (!Number.isFinite(low)) throw new RangeError(`low is ${low}, must be a finite number`);
  if (!Number.isFinite(high) || high < low)
    throw new RangeError(`high is ${high}, must be a finite number >= low ${low}`);
  if (log && low <= 0) throw new RangeError(`low is ${low}, must be > 0 when log is true`);
  if (step === null) return { type: 'float', low, high, log, step: null };
  if (log) throw new RangeError(`step is ${step}, must be null when log is true`);
  if (!Number.isFinite(step) || step <= 0) throw new RangeError(`step is ${step}, must be a finite number > 0`);
  return { type: 'float', low, high: lastGridPoint(low, high, step), log, step };
}

/** The largest low + k·step that is at most `high`, rounded to the decimals that `low` and `step` are written with. */
function lastGridPoint(low: number, high: number, step: number): number {
  const steps = Math.floor((high - low) / step + 1e-8);
  const digits = Math.min(100, Math.max(decimalsOf(low), decimalsOf(step)));
  return Math.min(high, Number((low + steps * step).toFixed(digits)));
}

/** Digits after the decimal point in the shortest decimal that reads back as `value`. */
function decimalsOf(value: number): number {
  const [mantissa, exponent = '0'] = value.toString().split('e');
  const fraction = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent));
}
