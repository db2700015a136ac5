import { ndtr } from './normal-distribution.js';

const STEPS_PER_UNIT = 64;
/** The tail beyond is below 1e-17. */
const END = 8.5;
const INVERSE_SQRT_2PI = 0.3989422804014327;

const tails = Float64Array.from({ length: END * STEPS_PER_UNIT + 1 }, (_, step) => ndtr(-step / STEPS_PER_UNIT));
const densities = Float64Array.from(
  { length: END * STEPS_PER_UNIT + 1 },
  (_, step) => INVERSE_SQRT_2PI * Math.exp(-0.5 * (step / STEPS_PER_UNIT) ** 2),
);

/**
 * P(Z > x) for x >= 0, absolute error below 1e-15: for what is taken from 1. NaN gives NaN.
 *
 * By the series around the nearest of many points, whose derivatives are Hermite polynomials times the density.
 */
export function upperTail(x: number): number {
  if (!(x < END)) return x >= END ? 0 : x;
  const step = (x * STEPS_PER_UNIT + 0.5) | 0;
  const u = step / STEPS_PER_UNIT;
  const d = x - u;
  const u2 = u * u;
  const fifth = ((u2 - 6) * u2 + 3) * (1 / 120);
  const curve = 1 + d * (-0.5 * u + d * ((u2 - 1) * (1 / 6) + d * ((3 - u2) * u * (1 / 24) + d * fifth)));
  return tails[step] - densities[step] * d * curve;
}
