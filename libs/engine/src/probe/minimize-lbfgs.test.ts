import { expect, test } from 'vitest';
import { minimizeLbfgs, type SmoothFunction } from './minimize-lbfgs.js';

/** Σ scale_i · (x_i - i)² / 2. */
function bowl(scales: readonly number[]): SmoothFunction {
  return (x, gradient) => {
    let value = 0;
    for (const [index, scale] of scales.entries()) {
      const distance = x[index] - index;
      gradient[index] = scale * distance;
      value += (scale * distance ** 2) / 2;
    }
    return value;
  };
}

/** Σ 100 (x_{i+1} - x_i²)² + (1 - x_i)²: a long curved valley, minimum 0 at ones. */
const rosenbrock: SmoothFunction = (x, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let index = 0; index + 1 < x.length; index++) {
    const offset = x[index + 1] - x[index] ** 2;
    value += 100 * offset ** 2 + (1 - x[index]) ** 2;
    gradient[index] += -400 * x[index] * offset - 2 * (1 - x[index]);
    gradient[index + 1] += 200 * offset;
  }
  return value;
};

test('minimizeLbfgs() finds the minimum of a quadratic whose scales span two decades', () => {
  const scales = Array.from({ length: 13 }, (_, index) => 10 ** (index / 6 - 1));
  const { x, converged, iterations } = minimizeLbfgs(bowl(scales), new Float64Array(13).fill(40), {
    gradientTolerance: 1e-9,
    maxIterations: 400,
  });
  expect(converged).toBe(true);
  expect(iterations).toBeLessThan(200);
  for (const [index, value] of x.entries()) expect(value).toBeCloseTo(index, 7);
});

test.each([2, 10, 50])('minimizeLbfgs() follows the Rosenbrock valley in %i dimensions to its end', (dimensions) => {
  const start = Float64Array.from({ length: dimensions }, (_, index) => (index % 2 === 0 ? -1.2 : 1));
  const { x, value, converged } = minimizeLbfgs(rosenbrock, start, { gradientTolerance: 1e-8, maxIterations: 500 });
  expect(converged).toBe(true);
  // The valley in many dimensions has a second, higher local minimum near x_0 = -1; from this start it is not found.
  expect(value).toBeLessThan(1e-14);
  for (const one of x) expect(one).toBeCloseTo(1, 6);
});

test('minimizeLbfgs() takes the same path twice, bit for bit, and does not touch its start', () => {
  const start = Float64Array.of(-1.2, 1, 3);
  const [first, second] = [minimizeLbfgs(rosenbrock, start), minimizeLbfgs(rosenbrock, start)];
  expect(first).toEqual(second);
  expect([...start]).toEqual([-1.2, 1, 3]);
});

test('minimizeLbfgs() stops at once at a minimum, and after maxIterations anywhere', () => {
  expect(minimizeLbfgs(rosenbrock, Float64Array.of(1, 1))).toMatchObject({ iterations: 0, converged: true, value: 0 });
  const cut = minimizeLbfgs(rosenbrock, Float64Array.of(-1.2, 1), { maxIterations: 5 });
  expect(cut).toMatchObject({ iterations: 5, converged: false });
  expect(cut.value).toBeLessThan(24.2);
});

test('minimizeLbfgs() steps back from where the function is not finite', () => {
  // x - log x: not a number at x <= 0, where the first steps from 100 lead.
  const barrier: SmoothFunction = ([x], gradient) => {
    gradient[0] = 100 * (1 - 1 / x);
    return 100 * (x - Math.log(x));
  };
  const { x, converged } = minimizeLbfgs(barrier, Float64Array.of(0.01), { gradientTolerance: 1e-9 });
  expect(converged).toBe(true);
  expect(x[0]).toBeCloseTo(1, 9);
});

test('minimizeLbfgs() refuses a start that is not finite', () => {
  expect(() => minimizeLbfgs(() => Number.NaN, Float64Array.of(1))).toThrow('at the start is NaN, must be finite');
});
