import { expect, test } from 'vitest';
import { minimizeBounded } from './minimize-bounded.js';

function rosenbrock(x: Float64Array, gradient: Float64Array): number {
  gradient.fill(0);
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const bend = x[i + 1] - x[i] * x[i];
    sum += 100 * bend * bend + (1 - x[i]) ** 2;
    gradient[i] += -400 * bend * x[i] - 2 * (1 - x[i]);
    gradient[i + 1] += 200 * bend;
  }
  return sum;
}

const settings = { maxIterations: 500, gradientTolerance: 1e-8, valueTolerance: 0 };

test.each([2, 10])('minimizeBounded() follows a bent valley of %i dimensions to its end', (n) => {
  const { x, value } = minimizeBounded({
    evaluate: rosenbrock,
    start: new Float64Array(n).fill(-1.2),
    lower: new Float64Array(n).fill(-5),
    upper: new Float64Array(n).fill(5),
    ...settings,
  });
  expect(value).toBeLessThan(1e-12);
  for (const at of x) expect(at).toBeCloseTo(1, 5);
});

test('minimizeBounded() ends on the bounds where the minimum is outside, and goes on along them', () => {
  // (x − 3)² + (y − x)²: without bounds (3, 3); with x <= 1 it is (1, 1), with y >= 2 as well (1, 2).
  const evaluate = (x: Float64Array, gradient: Float64Array) => {
    gradient[0] = 2 * (x[0] - 3) - 2 * (x[1] - x[0]);
    gradient[1] = 2 * (x[1] - x[0]);
    return (x[0] - 3) ** 2 + (x[1] - x[0]) ** 2;
  };
  const solve = (lowY: number) =>
    minimizeBounded({
      evaluate,
      start: Float64Array.of(-4, 4),
      lower: Float64Array.of(-5, lowY),
      upper: Float64Array.of(1, 5),
      ...settings,
    }).x;
  expect(solve(-5)[0]).toBe(1);
  expect(solve(-5)[1]).toBeCloseTo(1, 6);
  expect([...solve(2)]).toEqual([1, 2]);
});

test('minimizeBounded() steps back from where the function is not finite, and keeps a start that is not', () => {
  const evaluate = (x: Float64Array, gradient: Float64Array) => {
    gradient[0] = 1 - 1 / x[0];
    return x[0] > 0 ? x[0] - Math.log(x[0]) : Number.NaN;
  };
  const bounds = { lower: Float64Array.of(-10), upper: Float64Array.of(10) };
  const { x } = minimizeBounded({ evaluate, start: Float64Array.of(0.01), ...bounds, ...settings });
  expect(x[0]).toBeCloseTo(1, 6);
  expect(minimizeBounded({ evaluate, start: Float64Array.of(-2), ...bounds, ...settings }).x[0]).toBe(-2);
});
