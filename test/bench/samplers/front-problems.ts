import { floatDistribution } from '#optuna-ts-client';
import { box, vectorOf } from './continuous-problems.js';
import type { Problem } from './problem.js';

/** @param shape The second objective over g, as a function of f1 and g. @see Zitzler, Deb & Thiele 2000 */
const zdt = (name: string, shape: (f1: number, g: number) => number): Problem => ({
  name,
  space: box(10, 0, 1),
  directions: ['minimize', 'minimize'],
  constrained: false,
  trials: 150,
  seeds: 10,
  reference: [1.1, 7],
  evaluate: (params) => {
    const [f1, ...others] = vectorOf(params);
    const g = 1 + (9 * others.reduce((sum, v) => sum + v, 0)) / others.length;
    return { values: [f1, g * shape(f1, g)], constraints: null };
  },
});

/** Front f2 = 1 − √f1. */
export const zdt1 = zdt('zdt1', (f1, g) => 1 - Math.sqrt(f1 / g));
/** Front f2 = 1 − f1². */
export const zdt2 = zdt('zdt2', (f1, g) => 1 - (f1 / g) ** 2);
/** A front of five pieces; f2 may be below 0, and the share of the box above 1 with it. */
export const zdt3 = zdt('zdt3', (f1, g) => 1 - Math.sqrt(f1 / g) - (f1 / g) * Math.sin(10 * Math.PI * f1));

/** Two objectives and two constraints on two floats. @see Binh & Korn 1997 */
export const bnh: Problem = {
  name: 'bnh',
  space: { x: floatDistribution(0, 5), y: floatDistribution(0, 3) },
  directions: ['minimize', 'minimize'],
  constrained: true,
  trials: 150,
  seeds: 20,
  reference: [140, 50],
  evaluate: (params) => {
    const [x, y] = [params.x as number, params.y as number];
    return {
      values: [4 * x ** 2 + 4 * y ** 2, (x - 5) ** 2 + (y - 5) ** 2],
      constraints: [(x - 5) ** 2 + y ** 2 - 25, 7.7 - (x - 8) ** 2 - (y + 3) ** 2],
    };
  },
};
