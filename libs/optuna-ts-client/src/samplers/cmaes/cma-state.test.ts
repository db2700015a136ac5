import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { readGolden } from '../../testing/read-golden.js';
import {
  type CmaState,
  drawPoint,
  initialCmaState,
  updateCmaState,
  withinReach,
  withMinimalDeviations,
} from './cma-state.js';
import { strategyParameters, usualPopulationSize } from './strategy-parameters.js';
import { symmetricEigen } from './symmetric-eigen.js';

interface GoldenCase {
  problem: string;
  dimension: number;
  populationSize: number;
  sigma0: number;
  weights: number[];
  generations: {
    points: number[][];
    mean: number[];
    sigma: number;
    covariance: number[];
    pathSigma: number[];
    pathC: number[];
  }[];
}

function expectClose(actual: Iterable<number>, wanted: readonly number[], scale = Math.max(...wanted.map(Math.abs))) {
  for (const [index, value] of [...actual].entries()) {
    expect(Math.abs(value - wanted[index])).toBeLessThanOrEqual(1e-9 * scale);
  }
}

test.each(readGolden<{ cases: GoldenCase[] }>('cma-update').cases)(
  'updateCmaState() moves the distribution as the cmaes package does: $problem, $dimension dimensions',
  ({ dimension, populationSize, sigma0, weights, generations }) => {
    const parameters = strategyParameters(dimension, populationSize);
    expectClose(parameters.weights, weights);
    let state = initialCmaState(new Float64Array(dimension).fill(0.5), sigma0);
    for (const golden of generations) {
      state = updateCmaState(
        state,
        golden.points.map((point) => Float64Array.from(point)),
        parameters,
      );
      expectClose([state.sigma], [golden.sigma]);
      expectClose(state.mean, golden.mean);
      expectClose(state.covariance, golden.covariance);
      expectClose(state.pathSigma, golden.pathSigma);
      expectClose(state.pathC, golden.pathC);
    }
  },
);

test('strategyParameters() are those of table 1: sums, learning rates, an active half that keeps C definite', () => {
  expect([1, 2, 10, 40].map(usualPopulationSize)).toEqual([4, 6, 10, 15]);
  for (const [dimension, size] of [
    [1, 2],
    [1, 4],
    [3, 7],
    [10, 10],
    [40, 200],
  ]) {
    const { weights, c1, cMu, cSigma, cC } = strategyParameters(dimension, size);
    const positive = weights.filter((weight) => weight > 0).reduce((sum, weight) => sum + weight, 0);
    expect(positive).toBeCloseTo(1, 12);
    expect([...weights]).toEqual([...weights].sort((a, b) => b - a));
    expect(c1 + cMu).toBeLessThanOrEqual(1);
    for (const rate of [c1, cSigma, cC]) expect(rate > 0 && rate < 1).toBe(true);
    expect(weights.every(Number.isFinite)).toBe(true);
  }
});

/** A state that is neither round nor along the axes. */
function tilted(): CmaState {
  let state = initialCmaState(Float64Array.of(0.2, 0.5, 0.6), 0.3);
  const rng = new Rng(2);
  for (let generation = 0; generation < 6; generation++) {
    const points = Array.from({ length: 7 }, () => drawPoint(state, rng));
    points.sort((a, b) => Math.abs(a[0] + a[1] - 2 * a[2]) - Math.abs(b[0] + b[1] - 2 * b[2]));
    state = updateCmaState(state, points, strategyParameters(3, 7));
  }
  return state;
}

test('symmetricEigen() takes a matrix apart so that it can be put together again', () => {
  const rng = new Rng(6);
  for (const size of [1, 2, 5, 20]) {
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        matrix[i * size + j] = rng.normal() * 10 ** (i % 5);
        matrix[j * size + i] = matrix[i * size + j];
      }
    }
    const { values, vectors } = symmetricEigen(matrix, size);
    const scale = Math.max(...matrix.map(Math.abs));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let entry = 0;
        let product = 0;
        for (let k = 0; k < size; k++) {
          entry += vectors[i * size + k] * values[k] * vectors[j * size + k];
          product += vectors[k * size + i] * vectors[k * size + j];
        }
        expect(Math.abs(entry - matrix[i * size + j])).toBeLessThan(1e-12 * scale * size);
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-12 * size);
      }
    }
  }
});

test('drawPoint() draws from the normal distribution with this mean and covariance', () => {
  const state = tilted();
  const rng = new Rng(9);
  const draws = Array.from({ length: 20_000 }, () =>
    drawPoint(state, rng).map((x, i) => (x - state.mean[i]) / state.sigma),
  );
  for (let i = 0; i < 3; i++) {
    const variance = state.covariance[i * 3 + i];
    const mean = draws.reduce((sum, y) => sum + y[i], 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(4.5 * Math.sqrt(variance / draws.length));
    for (let j = 0; j < 3; j++) {
      const expected = state.covariance[i * 3 + j];
      const measured = draws.reduce((sum, y) => sum + y[i] * y[j], 0) / draws.length;
      const error = Math.sqrt((variance * state.covariance[j * 3 + j] + expected ** 2) / draws.length);
      expect(Math.abs(measured - expected)).toBeLessThan(4.5 * error);
    }
  }
});

test('withinReach() leaves points of the distribution alone and pulls others in on their line', () => {
  const state = tilted();
  const far = state.mean.map((x, i) => x + 50 * (i + 1));
  const moved = withinReach(state, far);
  const shares = moved.map((x, i) => (x - state.mean[i]) / (far[i] - state.mean[i]));
  for (const share of shares) expect(share).toBeCloseTo(shares[0], 12);
  expect(shares[0]).toBeLessThan(1);
  expect(withinReach(state, moved)).toEqual(moved);
  expect(withinReach(state, state.mean)).toBe(state.mean);
});

test('withMinimalDeviations() widens only the coordinates that are too narrow', () => {
  const state = tilted();
  expect(withMinimalDeviations(state, new Float64Array(3))).toBe(state);
  const floor = 2 * state.sigma * Math.sqrt(state.covariance[4]);
  const widened = withMinimalDeviations(state, Float64Array.of(0, floor, 0));
  expect(widened.sigma * Math.sqrt(widened.covariance[4])).toBeCloseTo(floor, 12);
  expect(widened.covariance[0]).toBe(state.covariance[0]);
  expect(widened.covariance[1]).toBe(state.covariance[1]);
});
