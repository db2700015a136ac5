import type { Distribution } from '../distributions/distribution.js';
import { cardinality, onGrid } from '../distributions/internal-representation.js';

/**
 * Where an internal number lies in its distribution, as a share in [0, 1]: equal shares are equally likely in a uniform
 * draw. Log ranges are measured in the logarithm; each grid point and choice owns a part, and stands in its middle (for
 * integers on a log scale: the log width of [k − ½, k + ½]). A single value is 0.5.
 *
 * @see optuna/_transform.py, 5.0.0, except that choices are one coordinate here and not one each
 */
export function toUnit(distribution: Distribution, internal: number): number {
  if (cardinality(distribution) === 1) return 0.5;
  if (distribution.type === 'categorical') return (internal + 0.5) / distribution.choices.length;
  const { from, to } = endsOf(distribution);
  return ((distribution.log ? Math.log(internal) : internal) - from) / (to - from);
}

/** The value whose part of [0, 1] holds `unit`; shares outside are taken as the nearest end. Inverse of `toUnit`. */
export function fromUnit(distribution: Distribution, unit: number): number {
  if (distribution.type === 'categorical') {
    const { length } = distribution.choices;
    return Math.min(length - 1, Math.max(0, Math.floor(unit * length)));
  }
  const { from, to } = endsOf(distribution);
  const scaled = from + unit * (to - from);
  const value = distribution.log ? Math.exp(scaled) : scaled;
  return onGrid(distribution, distribution.type === 'int' && distribution.log ? Math.round(value) : value);
}

/** Width of the part of [0, 1] that the value nearest to `unit` owns; 0 where the range is continuous. */
export function unitWidth(distribution: Distribution, unit: number): number {
  if (distribution.type === 'categorical') return 1 / distribution.choices.length;
  if (distribution.step === null) return 0;
  const { from, to } = endsOf(distribution);
  if (!distribution.log) return distribution.step / (to - from);
  const value = fromUnit(distribution, unit);
  return Math.log((value + 0.5) / (value - 0.5)) / (to - from);
}

function endsOf({ low, high, step, log }: Exclude<Distribution, { type: 'categorical' }>): {
  from: number;
  to: number;
} {
  const half = (step ?? 0) / 2;
  return log ? { from: Math.log(low - half), to: Math.log(high + half) } : { from: low - half, to: high + half };
}
