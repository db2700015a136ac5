/** @file The standard normal distribution, accurate in both tails, and on a log scale beyond them. */
import { erfNearZero, scaledErfc } from './error-function.js';
import { centralQuantile, tailQuantile } from './normal-quantile.js';

const SQRT_HALF_PI = 1.2533141373155003;
/** What the float `Math.LN2` lacks. */
const LN2_REST = 2.3190468138462996e-17;
/** Below it, the quantile's approximation ends (a tail of 1e-316) and Newton's method goes on. */
const FAR_LOG_TAIL = -728;

/** P(Z <= x), relative error below 1e-13 (while it is a normal float, x > −37.5). NaN gives NaN. */
export function ndtr(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  if (z <= 0.46875) return 0.5 + 0.5 * erfNearZero(x * Math.SQRT1_2);
  const tail = z === Number.POSITIVE_INFINITY ? 0 : 0.5 * expOfMinusHalfSquare(x) * scaledErfc(z);
  return x < 0 ? tail : 1 - tail;
}

/** ln P(Z <= x), relative error below 1e-13 for all x. −Infinity gives −Infinity; NaN gives NaN. */
export function logNdtr(x: number): number {
  if (x > -0.5) return Math.log1p(-ndtr(-x));
  if (x === Number.NEGATIVE_INFINITY) return x;
  return -0.5 * x * x + Math.log(0.5 * scaledErfc(-x * Math.SQRT1_2));
}

/**
 * The x with `ndtr(x) === p`, relative error below 1e-13.
 *
 * @param p In [0, 1]; 0 gives −Infinity, 1 gives Infinity. @returns NaN for NaN and outside the range.
 */
export function ndtri(p: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (!(p > 0 && p < 1)) return Number.NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return centralQuantile(q);
  return q < 0 ? -tailQuantile(Math.sqrt(-Math.log(p))) : tailQuantile(Math.sqrt(-Math.log(1 - p)));
}

/**
 * The x with `logNdtr(x) === y`, relative error below 1e-13: probabilities far too small for a float are no problem.
 *
 * @param y <= 0; 0 gives Infinity, −Infinity gives −Infinity. @returns NaN for NaN and above 0.
 */
export function ndtriExp(y: number): number {
  if (y === 0) return Number.POSITIVE_INFINITY;
  if (!(y < 0) || y === Number.NEGATIVE_INFINITY) return y > 0 ? Number.NaN : y;
  if (y < FAR_LOG_TAIL) return farQuantile(y);
  // p − ½ from the distance to ln ½, which loses no digits where p is near ½.
  const q = 0.5 * Math.expm1(y + Math.LN2 + LN2_REST);
  if (Math.abs(q) <= 0.425) return centralQuantile(q);
  return q < 0 ? -tailQuantile(Math.sqrt(-y)) : tailQuantile(Math.sqrt(-Math.log(-Math.expm1(y))));
}

/** Newton's method on the log scale, where the curve is nearly a parabola: two or three rounds. */
function farQuantile(y: number): number {
  let x = -Math.sqrt(-2 * y);
  for (let round = 0; round < 20; round++) {
    const millsRatio = SQRT_HALF_PI * scaledErfc(-x * Math.SQRT1_2);
    const change = (logNdtr(x) - y) * millsRatio;
    x -= change;
    if (Math.abs(change) <= 1e-15 * -x) break;
  }
  return x;
}

/** exp(−x²/2) with the square's own rounding made good, which the tail would magnify by x². */
function expOfMinusHalfSquare(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (x - coarse) * (x + coarse));
}
