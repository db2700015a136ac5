import type { Distribution, ParamValue } from '../../distributions/distribution.js';
import { cardinality, contains, internalAt, toInternalRepr } from '../../distributions/internal-representation.js';
import { fromUnit } from '../unit-interval.js';

/** Relative distance below which a recorded number counts as a point of the axis. */
const TOLERANCE = 1e-9;

/** The values one parameter takes in a grid. */
export interface GridAxis {
  /** Number of values, >= 1. */
  readonly size: number;
  /** The k-th value as an internal number, 0 <= k < size. */
  at(k: number): number;
  /** Which value this is; -1 where it is none. */
  indexOf(internal: number): number;
}

/**
 * The axis of a distribution: every value of a finite one; of a continuous one `pointsPerAxis` values, equally spaced
 * from end to end (in the logarithm where it is log-uniform).
 *
 * @param points Values that replace these, as people write them.
 * @throws {RangeError} if `points` is empty, repeats a value, or has one that the distribution does not hold.
 */
export function gridAxis(
  name: string,
  distribution: Distribution,
  pointsPerAxis: number,
  points?: readonly ParamValue[],
): GridAxis {
  if (points !== undefined) return listAxis(pointsOf(name, distribution, points));
  const size = cardinality(distribution);
  if (!Number.isFinite(size)) {
    return listAxis(
      Array.from({ length: pointsPerAxis }, (_, k) => roundedPoint(distribution, k / (pointsPerAxis - 1))),
    );
  }
  return {
    size,
    at: (k) => internalAt(distribution, k),
    indexOf: (internal) => {
      if (!contains(distribution, internal)) return -1;
      if (distribution.type === 'categorical') return internal;
      return distribution.step === null ? 0 : Math.round((internal - distribution.low) / distribution.step);
    },
  };
}

/** A point as a person would write it: 0.001, not 0.0010000000000000002. */
function roundedPoint(distribution: Distribution, share: number): number {
  const rounded = Number(fromUnit(distribution, share).toPrecision(12));
  return contains(distribution, rounded) ? rounded : fromUnit(distribution, share);
}

function pointsOf(name: string, distribution: Distribution, points: readonly ParamValue[]): number[] {
  if (points.length === 0) throw new RangeError(`points.${name} is empty, must have at least one value`);
  const repeated = points.find((value, index) => points.indexOf(value) < index);
  if (repeated !== undefined) throw new RangeError(`points.${name} has ${JSON.stringify(repeated)} twice`);
  return points.map((value) => toInternalRepr(distribution, value, `points.${name}`));
}

function listAxis(values: readonly number[]): GridAxis {
  return {
    size: values.length,
    at: (k) => values[k],
    indexOf: (internal) =>
      values.findIndex((value) => Math.abs(value - internal) <= TOLERANCE * Math.max(Math.abs(value), 1e-300)),
  };
}
