import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { fitLinearProbe, NonFiniteFeatureError, type ProbeProblem } from './fit-linear-probe.js';

/** Clouds around a centre per class; feature 2 is constant. */
function clouds(count: number, classes: number, seed = 1): ProbeProblem {
  const rng = new Rng(seed);
  const labels = Int32Array.from({ length: count }, (_, example) => example % classes);
  const features = Float32Array.from({ length: count * 4 }, (_, at) => {
    const [label, feature] = [labels[Math.floor(at / 4)], at % 4];
    return feature === 2 ? 0.3 : 100 + 3 * Math.cos(label + feature) + 0.5 * rng.normal();
  });
  return { features, labels, classes };
}

/** Index of the largest logit of an example. */
function classOf({ features }: ProbeProblem, example: number, { weight, bias }: ReturnType<typeof fitLinearProbe>) {
  const width = weight.length / bias.length;
  const logits = bias.map((value, label) => {
    let sum = value;
    for (let feature = 0; feature < width; feature++) {
      sum += features[example * width + feature] * weight[feature * bias.length + label];
    }
    return sum;
  });
  return logits.indexOf(Math.max(...logits));
}

test('fitLinearProbe() separates clouds of features as they are, whatever their mean', () => {
  const problem = clouds(90, 3);
  const probe = fitLinearProbe(problem);
  expect(probe.converged).toBe(true);
  expect(probe.loss).toBeLessThan(Math.log(3));
  for (const [example, label] of problem.labels.entries()) expect(classOf(problem, example, probe)).toBe(label);
});

test('fitLinearProbe() gives the same bits for the same input, and does not depend on what was fitted before', () => {
  const first = fitLinearProbe(clouds(40, 2));
  fitLinearProbe(clouds(40, 2, 2));
  expect(fitLinearProbe(clouds(40, 2))).toEqual(first);
});

test('fitLinearProbe() gives features that are the same everywhere weight 0', () => {
  const { weight } = fitLinearProbe(clouds(40, 2));
  for (const one of weight.subarray(4, 6)) expect(one).toBeCloseTo(0, 12);
  const labels = Int32Array.of(0, 0, 0, 1);
  const constant = fitLinearProbe({ features: new Float32Array(8).fill(0.1), labels, classes: 2 });
  expect([...constant.weight]).toEqual([0, 0, 0, 0]);
  expect(constant.bias[0]).toBeGreaterThan(constant.bias[1]);
});

test('fitLinearProbe() stays finite for one example, one class, and a class without examples', () => {
  const one = fitLinearProbe({ features: Float32Array.of(1, 2), labels: Int32Array.of(1), classes: 2 });
  expect(one.bias[1]).toBeGreaterThan(one.bias[0]);
  const { features, labels } = clouds(60, 2);
  const single = fitLinearProbe({ features, labels: labels.map(() => 1), classes: 3 });
  expect(single).toMatchObject({ converged: true });
  expect(single.bias.indexOf(Math.max(...single.bias))).toBe(1);
  const absent = fitLinearProbe({ features, labels, classes: 3 });
  for (const example of labels.keys()) expect(classOf({ features, labels, classes: 3 }, example, absent)).not.toBe(2);
  expect([...absent.weight, ...absent.bias].every(Number.isFinite)).toBe(true);
});

test('fitLinearProbe() stops after maxIterations with what it has', () => {
  const problem = clouds(90, 3);
  const { iterations, converged, loss } = fitLinearProbe(problem, { maxIterations: 2, gradientTolerance: 1e-9 });
  expect([iterations, converged]).toEqual([2, false]);
  expect(loss).toBeGreaterThan(fitLinearProbe(problem, { gradientTolerance: 1e-9 }).loss);
});

test('fitLinearProbe() names the feature that is not finite', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const problem = clouds(20, 2);
    problem.features[4 * 7 + 3] = value;
    expect(() => fitLinearProbe(problem)).toThrow(NonFiniteFeatureError);
    expect(() => fitLinearProbe(problem)).toThrow(`Feature 3 of example 7 is ${value}, must be finite`);
  }
});

test('fitLinearProbe() refuses sizes, labels and penalties out of range', () => {
  const problem = clouds(20, 2);
  const { features, labels } = problem;
  const empty = { features: new Float32Array(0), labels: new Int32Array(0), classes: 2 };
  expect(() => fitLinearProbe(empty)).toThrow('labels is empty');
  expect(() => fitLinearProbe({ ...problem, features: features.subarray(1) })).toThrow('features has 79 numbers');
  expect(() => fitLinearProbe({ ...problem, features: features.subarray(80) })).toThrow('features has 0 numbers');
  expect(() => fitLinearProbe({ ...problem, classes: 1 })).toThrow('classes is 1, must be an integer >= 2');
  expect(() => fitLinearProbe({ ...problem, labels: labels.map((label) => label + 1) })).toThrow('labels has 2 at 1');
  expect(() => fitLinearProbe(problem, { l2: 0 })).toThrow('l2 is 0, must be a finite number > 0');
});
