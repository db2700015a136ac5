import { gridPoint } from './decimal-grid.js';
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

/** The last low + k·step that is at most `high`. */
function lastGridPoint(low: number, high: number, step: number): number {
  return Math.min(high, gridPoint(low, step, Math.floor((high - low) / step + 1e-8)));
}
