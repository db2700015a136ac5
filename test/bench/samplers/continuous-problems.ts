import { floatDistribution, type ParamValue, type SearchSpace } from '#optuna-ts-client';
import type { Problem } from './problem.js';

/** Floats x0, x1, … in one range. */
export function box(dimensions: number, low: number, high: number): SearchSpace {
  return Object.fromEntries(Array.from({ length: dimensions }, (_, i) => [`x${i}`, floatDistribution(low, high)]));
}

/** The values of `box` in order. */
export function vectorOf(params: Readonly<Record<string, ParamValue>>): number[] {
  return Object.keys(params).map((_, i) => params[`x${i}`] as number);
}

const continuous = (name: string, space: SearchSpace, seeds: number, f: (x: number[]) => number): Problem => ({
  name,
  space,
  directions: ['minimize'],
  constrained: false,
  trials: 100,
  seeds,
  evaluate: (params) => ({ values: [f(vectorOf(params))], constraints: null }),
});

/** Sum of squares; 0 at the origin. */
export const sphere10 = continuous('sphere10', box(10, -5, 5), 20, (x) => x.reduce((sum, v) => sum + v * v, 0));

/** A bent valley; 0 where every coordinate is 1. @see Rosenbrock 1960, doi:10.1093/comjnl/3.3.175 */
export const rosenbrock10 = continuous('rosenbrock10', box(10, -5, 5), 20, (x) =>
  x.slice(1).reduce((sum, v, i) => sum + 100 * (v - x[i] ** 2) ** 2 + (1 - x[i]) ** 2, 0),
);

const heights = [1, 1.2, 3, 3.2];
const widths = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const centres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** Four bumps in the unit cube; least −3.32237. @see Dixon & Szegö 1978, Towards Global Optimisation 2 */
export const hartmann6 = continuous(
  'hartmann6',
  box(6, 0, 1),
  20,
  (x) =>
    -heights.reduce((sum, height, bump) => {
      const exponent = x.reduce((total, v, i) => total + widths[bump][i] * (v - centres[bump][i]) ** 2, 0);
      return sum + height * Math.exp(-exponent);
    }, 0),
);
