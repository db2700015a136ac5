import { logNdtr, ndtr, ndtriExp } from './normal-distribution.js';

/**
 * ln of the standard normal mass between `a` and `b`, a <= b; −Infinity when they are equal.
 *
 * Both tails are computed as the left one, where the logarithm keeps its digits.
 *
 * @see optuna/samplers/_tpe/_truncnorm.py _log_gauss_mass, 5.0.0
 */
export function logGaussMass(a: number, b: number): number {
  if (b <= 0) return logDifference(logNdtr(b), logNdtr(a));
  if (a > 0) return logDifference(logNdtr(-a), logNdtr(-b));
  // Beyond 8 σ there are 6e-16: lost beside 1.
  return Math.log1p((a < -8 ? 0 : -ndtr(a)) - (b > 8 ? 0 : ndtr(-b)));
}

/**
 * The point below which the share `q` of the standard normal, cut to [a, b], lies.
 *
 * @param q In [0, 1]; 0 gives a and 1 gives b. @returns A number in [a, b].
 */
export function truncatedNormalQuantile(q: number, a: number, b: number): number {
  if (q <= 0 || a === b) return a;
  if (q >= 1) return b;
  if (a > 0) return -truncatedNormalQuantile(1 - q, -b, -a);
  const logP = logSum(logNdtr(a), Math.log(q) + logGaussMass(a, b));
  return Math.min(b, Math.max(a, ndtriExp(Math.min(0, logP))));
}

/** ln(eᵖ − e^q) for p >= q. */
function logDifference(p: number, q: number): number {
  const distance = q - p;
  return p + (distance > -Math.LN2 ? Math.log(-Math.expm1(distance)) : Math.log1p(-Math.exp(distance)));
}

/** ln(eᵖ + e^q). */
function logSum(p: number, q: number): number {
  const high = Math.max(p, q);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(Math.min(p, q) - high));
}
