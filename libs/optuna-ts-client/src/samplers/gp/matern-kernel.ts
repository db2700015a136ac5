/**
 * @file Matérn kernel of smoothness 5/2 as a function of the squared distance, in units of the lengthscales.
 * Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, eq. 4.17. Mirrors optuna/_gp/gp.py 5.0.0.
 */

/**
 * Correlations at squared distances d² >= 0: 1 at 0, falling to 0.
 *
 * @param distances Their first `count` numbers are read. @param correlations Is filled; may be `distances` itself.
 * @param slopes Is filled with the derivatives by d², which are finite at 0, where those by the distance are not defined.
 */
export function matern52(
  distances: Float64Array,
  count: number,
  correlations: Float64Array,
  slopes?: Float64Array,
): void {
  for (let i = 0; i < count; i++) {
    const scaled = Math.sqrt(5 * distances[i]);
    const decay = Math.exp(-scaled);
    correlations[i] = decay * ((scaled * scaled) / 3 + scaled + 1);
    if (slopes !== undefined) slopes[i] = (-5 / 6) * (scaled + 1) * decay;
  }
}

/** Squared difference in one dimension; a categorical one counts 1 where the choices differ. */
export function squaredDifference(a: number, b: number, isCategorical: boolean | number): number {
  return isCategorical ? (a === b ? 0 : 1) : (a - b) * (a - b);
}
