/** Two ends of a confidence interval, in the unit of what they bound. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Score interval of a share: which true accuracies are compatible with `successes` right answers out of `n`.
 *
 * @param z Standard normal quantile; 1.96 is 95 %.
 * @returns Ends in [0, 1]; [0, 1] when n is 0.
 * @throws {RangeError} if n is not an integer >= 0, successes not a number in [0, n] or z not a number > 0.
 * @see Wilson 1927, doi:10.1080/01621459.1927.10502953
 */
export function wilsonInterval(successes: number, n: number, z = 1.96): Interval {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`n is ${n}, must be an integer >= 0`);
  if (!(successes >= 0 && successes <= n)) throw new RangeError(`successes is ${successes}, must be in [0, ${n}]`);
  if (!(z > 0 && Number.isFinite(z))) throw new RangeError(`z is ${z}, must be a number > 0`);
  if (n === 0) return { low: 0, high: 1 };
  const share = successes / n;
  const spread = (z * z) / n;
  const centre = (share + spread / 2) / (1 + spread);
  const half = (z * Math.sqrt((share * (1 - share)) / n + spread / (4 * n))) / (1 + spread);
  // At the ends the formula gives exactly 0 and 1; rounding must not push the interval off the point it is for.
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
  };
}
