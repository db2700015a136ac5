/**
 * What was measured of one duration so far, on a logarithmic scale: durations scatter by factors. Older measurements fade,
 * as `count` never exceeds {@link MOST_COUNTED}.
 */
export interface LogSpread {
  /** Measurements that count, 0 to {@link MOST_COUNTED}. */
  readonly count: number;
  /** Mean of the natural logarithms of seconds. */
  readonly mean: number;
  /** Sum of the squared deviations from it. */
  readonly squares: number;
}

/** A prediction of a duration whose logarithm is normal. */
export interface LogNormal {
  /** Seconds; as many durations are longer as are shorter. */
  readonly median: number;
  /** Standard deviation of the logarithm by what is not known: one error for all durations of the kind. */
  readonly bias: number;
  /** Standard deviation of the logarithm from one duration to the next. */
  readonly noise: number;
}

/** Measurements beyond this many make older ones count less: a device's driver, load or cooling change. */
export const MOST_COUNTED = 32;

/** What is not measurable is taken for this, seconds: a logarithm needs something. */
export const SHORTEST_SECONDS = 1e-9;

/** Before two measurements are there, durations are held to scatter like this. */
const PRIOR_NOISE = 0.1;
const PRIOR_COUNT = 2;

/** Half the width of the interval that 90 % of a normal distribution lie in, standard deviations. */
export const Z_90 = 1.6448536269514722;

export const noMeasurements: LogSpread = { count: 0, mean: 0, squares: 0 };

/** Adds one measurement. @param seconds >= 0 */
export function withMeasurement({ count, mean, squares }: LogSpread, seconds: number): LogSpread {
  const value = Math.log(Math.max(SHORTEST_SECONDS, seconds));
  const kept = Math.min(count, MOST_COUNTED - 1);
  const deviation = value - mean;
  return {
    count: kept + 1,
    mean: count === 0 ? value : mean + deviation / (kept + 1),
    squares: (count === 0 ? 0 : (squares * kept) / count) + (deviation * deviation * kept) / (kept + 1),
  };
}

/** The measurements of several records as those of one. */
export function pooled(spreads: readonly LogSpread[]): LogSpread {
  return spreads.reduce((a, b) => {
    const count = a.count + b.count;
    if (count === 0) return noMeasurements;
    const gap = b.mean - a.mean;
    return {
      count,
      mean: a.mean + (gap * b.count) / count,
      squares: a.squares + b.squares + (gap * gap * a.count * b.count) / count,
    };
  }, noMeasurements);
}

/** What the next duration will be. @throws {RangeError} if nothing was measured. */
export function predictNext({ count, mean, squares }: LogSpread): LogNormal {
  if (count === 0) throw new RangeError('Nothing was measured to predict from');
  const noise = Math.sqrt((squares + PRIOR_COUNT * PRIOR_NOISE ** 2) / (count + PRIOR_COUNT - 1));
  return { median: Math.exp(mean), bias: noise / Math.sqrt(count), noise };
}

/** The ends between which 90 % of the durations lie, seconds. */
export function interval90({ median, bias, noise }: LogNormal): { readonly low: number; readonly high: number } {
  const factor = Math.exp(Z_90 * Math.hypot(bias, noise));
  return { low: median / factor, high: median * factor };
}
