import { describe, expect, test } from 'vitest';
import { jsonToDistribution } from '../../distributions/distribution-json.js';
import { readGolden } from '../../testing/read-golden.js';
import { negativeLogPosterior } from './fit-parameters.js';
import { GaussianProcess, type GpParameters, observationNoise } from './gaussian-process.js';
import { matern52, squaredDifference } from './matern-kernel.js';
import { NormalizedSpace } from './normalized-space.js';

interface Golden {
  distributions: Record<string, string>;
  cases: {
    observed: Record<string, number>[];
    normalized: number[][];
    outputs: number[];
    inverseSquaredLengthscales: number[];
    kernelScale: number;
    noise: number;
    kernelRow: number[];
    negativeLogPosterior: number;
    gradient: number[];
    asked: Record<string, number>[];
    mean: number[];
    variance: number[];
    meanGradient: number[][];
    varianceGradient: number[][];
  }[];
}

const { distributions, cases } = readGolden<Golden>('gaussian-process');
const space = new NormalizedSpace(
  Object.fromEntries(Object.entries(distributions).map(([name, json]) => [name, jsonToDistribution(json)])),
);
const numeric = [...space.names.keys()].filter((dimension) => !space.isCategorical[dimension]);

function processOf(golden: Golden['cases'][number], count = golden.outputs.length): GaussianProcess {
  const process = new GaussianProcess(parametersOf(golden), space.isCategorical);
  for (let i = 0; i < count; i++) process.append(space.encode(golden.observed[i]), golden.outputs[i]);
  return process;
}

function parametersOf({ inverseSquaredLengthscales, kernelScale, noise }: Golden['cases'][number]): GpParameters {
  return { inverseSquaredLengthscales: Float64Array.from(inverseSquaredLengthscales), kernelScale, noise };
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual[i] - value)).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
  }
}

describe.each(cases)('against Optuna 5.0.0, $outputs.length observations', (golden) => {
  test('NormalizedSpace.encode() equals Optuna, and decode() gives the numbers back', () => {
    for (const [i, row] of golden.normalized.entries()) {
      const encoded = space.encode(golden.observed[i]);
      expectClose(encoded, row, 1e-12);
      expectClose(Object.values(space.decode(encoded)), Object.values(golden.observed[i]), 1e-12);
    }
  });

  test('matern52() gives the same kernel row', () => {
    const { inverseSquaredLengthscales, kernelScale } = golden;
    const rows = golden.observed.map((params) => space.encode(params));
    const last = rows.at(-1)!;
    const distances = Float64Array.from(rows, (row) => {
      const parts = inverseSquaredLengthscales.map((inverse, k) => {
        return inverse * squaredDifference(row[k], last[k], space.isCategorical[k]);
      });
      return parts.reduce((sum, part) => sum + part, 0);
    });
    matern52(distances, rows.length, distances);
    const kernelRow = distances.map((correlation) => kernelScale * correlation);
    expectClose(kernelRow, golden.kernelRow, 1e-12);
  });

  test('negativeLogPosterior() and its gradient are the same', () => {
    const { loss, gradient } = negativeLogPosterior(
      {
        rows: golden.observed.map((params) => space.encode(params)),
        outputs: Float64Array.from(golden.outputs),
        weights: new Float64Array(golden.outputs.length).fill(1),
        isCategorical: space.isCategorical,
      },
      parametersOf(golden),
    );
    expectClose([loss], [golden.negativeLogPosterior], 1e-9);
    expectClose(gradient, golden.gradient, 1e-8);
  });

  test('posterior() and its gradients are the same', () => {
    const process = processOf(golden);
    for (const [i, params] of golden.asked.entries()) {
      const row = space.encode(params);
      const { mean, variance } = process.posterior(row);
      expectClose([mean, variance], [golden.mean[i], golden.variance[i]], 1e-9);
      const gradients = process.posteriorWithGradient(row, numeric);
      expectClose([gradients.mean, gradients.variance], [mean, variance], 1e-15);
      const along = (all: number[]) => numeric.map((dimension) => all[dimension]);
      expectClose(gradients.meanGradient, along(golden.meanGradient[i]), 1e-8);
      expectClose(gradients.varianceGradient, along(golden.varianceGradient[i]), 1e-8);
    }
  });
});

test('GaussianProcess appended to, cut and grown again equals one that was made at once, to the last bit', () => {
  const golden = cases[2];
  const grown = processOf(golden, 7);
  grown.posterior(space.encode(golden.asked[0]));
  for (const params of golden.asked) grown.append(space.encode(params), 5, 0.5);
  grown.truncate(7);
  for (let i = 7; i < golden.outputs.length; i++) grown.append(space.encode(golden.observed[i]), golden.outputs[i]);
  const whole = processOf(golden);
  for (const params of golden.asked) {
    expect(grown.posterior(space.encode(params))).toEqual(whole.posterior(space.encode(params)));
  }
});

test('GaussianProcess trusts an observation of little weight less', () => {
  const uncertain = (weight: number) => {
    const process = new GaussianProcess(parametersOf(cases[2]), space.isCategorical);
    const row = space.encode(cases[2].observed[0]);
    process.append(row, 1, weight);
    return process.posterior(row);
  };
  expect(uncertain(1).mean).toBeGreaterThan(0.9999);
  expect(uncertain(0.5).mean).toBeLessThan(uncertain(1).mean - 1e-3);
  expect(uncertain(0.1).variance).toBeGreaterThan(uncertain(0.5).variance);
  expect(observationNoise(1e-4, 1)).toBe(1e-4);
});

test('GaussianProcess without observations is the prior', () => {
  const process = new GaussianProcess(parametersOf(cases[1]), space.isCategorical);
  expect(process.posterior(space.encode(cases[1].asked[0]))).toEqual({ mean: 0, variance: 0.8 });
});
