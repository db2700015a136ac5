/**
 * @file Matérn kernel of smoothness 5/2 as a function of the squared distance, in units of the lengthscales.
 * Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, eq. 4.17. Mirrors optuna/_gp/gp.py 5.0.0.
 */

/** Correlation at squared distance d² >= 0: 1 at 0, falling to 0. */
export function matern52(squaredDistance: number): number {
  const scaled = Math.sqrt(5 * squaredDistance);
  return Math.exp(-scaled) * ((5 / 3) * squaredDistance + scaled + 1);
}

/** Derivative of `matern52` by d²: finite at 0, where a derivative by the distance would divide by it. */
export function matern52Slope(squaredDistance: number): number {
  const scaled = Math.sqrt(5 * squaredDistance);
  return (-5 / 6) * (scaled + 1) * Math.exp(-scaled);
}

/** Squared difference in one dimension; a categorical one counts 1 where the choices differ. */
export function squaredDifference(a: number, b: number, isCategorical: boolean | number): number {
  return isCategorical ? (a === b ? 0 : 1) : (a - b) * (a - b);
}
