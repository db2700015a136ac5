import { erfNearZero } from './error-function.js';
import { logNdtr, ndtr, ndtriExp } from './normal-distribution.js';
import { upperTail } from './upper-tail.js';

const LOG_SQRT_2PI = 0.9189385332046728;
/** Half a width, in units that the density bends over, below which the series around the middle is exact to 1e-16. */
const NARROW = 0.03;
/** Ends between which the error function itself has a short approximation. */
const NEAR_ZERO = 0.66;

/**
 * ln of the standard normal mass between `a` and `b`, a <= b; −Infinity when they are equal. Relative error of the mass
 * below 1e-12, however narrow the interval and however far out.
 *
 * Both tails are computed as the left one, where the logarithm keeps its digits.
 *
 * @see optuna/samplers/_tpe/_truncnorm.py _log_gauss_mass, 5.0.0, which loses digits where the ends are close together
 */
export function logGaussMass(a: number, b: number): number {
  const half = (b - a) / 2;
  const middle = a + half;
  if (half * Math.max(1, Math.abs(middle)) < NARROW) return logNarrowMass(middle, half);
  if (a >= -NEAR_ZERO && b <= NEAR_ZERO) {
    return Math.log(0.5 * (erfNearZero(b * Math.SQRT1_2) - erfNearZero(a * Math.SQRT1_2)));
  }
  if (b <= 0) return logDifference(logNdtr(b), logNdtr(a));
  if (a > 0) return logDifference(logNdtr(-a), logNdtr(-b));
  // Beyond 8 σ there are 6e-16: lost beside 1.
  return Math.log1p((a < -8 ? 0 : -ndtr(a)) - (b > 8 ? 0 : ndtr(-b)));
}

/**
 * The standard normal mass between `a` and `b`, a <= b: what `logGaussMass` is the logarithm of, with the same accuracy
 * down to the smallest normal float; 0 below.
 */
export function gaussMass(a: number, b: number): number {
  if (a > 0 || b < 0 || b - a < 2 * NARROW || (a >= -NEAR_ZERO && b <= NEAR_ZERO)) return Math.exp(logGaussMass(a, b));
  return 1 - upperTail(-a) - upperTail(b);
}

/** Density in the middle times the width, corrected by Hermite polynomials: differences of tails would cancel. */
function logNarrowMass(middle: number, half: number): number {
  const m2 = middle * middle;
  const h2 = half * half;
  const sixth = (h2 * (((m2 - 15) * m2 + 45) * m2 - 15)) / 42;
  const bend = (h2 / 6) * (m2 - 1 + (h2 / 20) * ((m2 - 6) * m2 + 3 + sixth));
  return -0.5 * m2 - LOG_SQRT_2PI + Math.log(2 * half) + Math.log1p(bend);
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
