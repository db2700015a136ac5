import { describe, expect, test } from 'vitest';
import { readGolden } from '../../testing/read-golden.js';
import { nonDominatedBoxes } from './box-decomposition.js';
import { ExpectedHypervolumeImprovement } from './expected-hypervolume-improvement.js';
import { logStandardImprovement } from './log-expected-improvement.js';

const { boxes } = readGolden<{
  boxes: {
    losses: number[][];
    reference: number[];
    means: number[];
    deviations: number[];
    expectedImprovement: number;
  }[];
}>('gaussian-process');

describe.each(boxes)(
  'ExpectedHypervolumeImprovement over $losses.length rows of $reference.length losses',
  (golden) => {
    const improvement = new ExpectedHypervolumeImprovement(nonDominatedBoxes(golden.losses, golden.reference));
    const means = Float64Array.from(golden.means);
    const deviations = Float64Array.from(golden.deviations);

    test('equals the integral in 60 digits', () => {
      expect(improvement.evaluate(means, deviations)).toBeCloseTo(Math.log(golden.expectedImprovement), 11);
    });

    test.each([0, 3])('has the gradient that differences give, means moved by %d', (moved) => {
      const at = means.map((mean) => mean + moved);
      const meanGradient = new Float64Array(means.length);
      const deviationGradient = new Float64Array(means.length);
      improvement.evaluate(at, deviations, meanGradient, deviationGradient);
      const step = 1e-6;
      const moveOne = (numbers: Float64Array, index: number, by: number) =>
        numbers.map((value, i) => (i === index ? value + by : value));
      for (let i = 0; i < means.length; i++) {
        const byMean =
          improvement.evaluate(moveOne(at, i, step), deviations) -
          improvement.evaluate(moveOne(at, i, -step), deviations);
        expect(meanGradient[i] / (byMean / (2 * step))).toBeCloseTo(1, 5);
        const byDeviation =
          improvement.evaluate(at, moveOne(deviations, i, step)) -
          improvement.evaluate(at, moveOne(deviations, i, -step));
        expect(deviationGradient[i] / (byDeviation / (2 * step))).toBeCloseTo(1, 5);
      }
    });

    test('stays finite where nothing is likely to be gained', () => {
      const far = improvement.evaluate(
        means.map(() => 60),
        deviations.map(() => 0.01),
      );
      expect(far).toBeLessThan(-1e6);
      expect(far).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    });
  },
);

test('ExpectedHypervolumeImprovement of one loss is the expected improvement', () => {
  const improvement = new ExpectedHypervolumeImprovement(nonDominatedBoxes([[2], [1]], [Number.POSITIVE_INFINITY]));
  const value = improvement.evaluate(Float64Array.of(1.5), Float64Array.of(0.25));
  expect(value).toBeCloseTo(Math.log(0.25) + logStandardImprovement(-2), 14);
});
