import { expect, test } from 'vitest';
import { contains, type ParamValue, toInternalRepr } from '#optuna-ts-client';
import { hartmann6, rosenbrock10, sphere10 } from './continuous-problems.js';
import { bnh, zdt1, zdt2, zdt3 } from './front-problems.js';
import { figureOf, type Outcome, type Problem } from './problem.js';
import { closedFormProblems } from './problems.js';
import { surrogate, surrogateError } from './surrogate-problems.js';

const vector = (...values: number[]) => Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
const evaluate = (problem: Problem, params: Record<string, ParamValue>) => {
  const outside = Object.entries(problem.space).filter(
    ([name, d]) => !contains(d, toInternalRepr(d, params[name], name)),
  );
  expect(outside).toEqual([]);
  return problem.evaluate(params) as Outcome;
};

test('the optima of the continuous problems are those of the literature', () => {
  const optimum = vector(0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573);
  expect(evaluate(hartmann6, optimum).values[0]).toBeCloseTo(-3.32237, 5);
  expect(evaluate(sphere10, vector(...Array(10).fill(0))).values).toEqual([0]);
  expect(evaluate(sphere10, vector(3, 4, ...Array(8).fill(0))).values).toEqual([25]);
  expect(evaluate(rosenbrock10, vector(...Array(10).fill(1))).values).toEqual([0]);
  expect(evaluate(rosenbrock10, vector(...Array(10).fill(0))).values).toEqual([9]);
});

/** Points of a front whose other parameters are 0, many enough for two digits of its hypervolume. */
const frontOf = (problem: Problem) =>
  Array.from({ length: 1001 }, (_, i) => evaluate(problem, vector(i / 1000, ...Array(9).fill(0))));

test.each([
  // The box less the integral under the front: ∫(1 − √x) = 1/3, ∫(1 − x²) = 2/3; the rest of the box is full.
  { problem: zdt1, volume: (7.7 - 1 / 3) / 7.7 },
  { problem: zdt2, volume: (7.7 - 2 / 3) / 7.7 },
])('$problem.name: front and hypervolume', ({ problem, volume }) => {
  expect(figureOf(problem, frontOf(problem))).toBeCloseTo(volume, 2);
  expect(evaluate(problem, vector(...Array(10).fill(1))).values[1]).toBeGreaterThan(6.8);
});

test('zdt3: five pieces, the last of which ends below 0', () => {
  const front = frontOf(zdt3);
  const running: number[] = [];
  let least = Infinity;
  for (const { values } of front) {
    if (values[1] < least) running.push(values[0]);
    least = Math.min(least, values[1]);
  }
  const gaps = running.slice(1).filter((f1, i) => f1 - running[i] > 0.01).length;
  expect(gaps).toBe(4);
  expect(least).toBeCloseTo(-0.7734, 3);
});

test('bnh: ends of the front, and both constraints', () => {
  expect(evaluate(bnh, { x: 0, y: 0 })).toEqual({ values: [0, 50], constraints: [0, 7.7 - 73] });
  expect(evaluate(bnh, { x: 5, y: 3 }).values).toEqual([136, 4]);
  expect(evaluate(bnh, { x: 0, y: 3 }).constraints?.[0]).toBe(9);
});

test('surrogate: the smallest error, and the constraint on latency', () => {
  const best = { architecture: 'densenet201', retrainDepth: 'deep', learningRate: 10 ** -2.3, epochs: 50 };
  expect(evaluate(surrogateError, best).values[0]).toBeCloseTo(0.07577, 5);
  expect(evaluate(surrogate, best)).toEqual({
    values: [expect.closeTo(0.07577, 5), expect.closeTo(930)],
    constraints: [expect.closeTo(8.1)],
  });
});

test('surrogate: the whole feasible front has 0.8406 of the box', () => {
  const best: Record<string, number> = {
    alexnet: -3,
    squeezenet: -3.2,
    resnet18: -2.6,
    resnet50: -2.5,
    densenet121: -2.4,
  };
  const shifts: Record<string, number> = { shallow: 0.5, partial: 0.2, deep: 0, scratch: 0.3 };
  const outcomes = Object.keys(best).flatMap((architecture) =>
    Object.keys(shifts).flatMap((retrainDepth) =>
      Array.from({ length: 50 }, (_, i) => {
        const learningRate = 10 ** (best[architecture] + shifts[retrainDepth]);
        return evaluate(surrogate, { architecture, retrainDepth, learningRate, epochs: i + 1 });
      }),
    ),
  );
  expect(figureOf(surrogate, outcomes)).toBeCloseTo(0.8406, 4);
});

test('problems have names of their own, and references where they have several objectives', () => {
  expect(new Set(closedFormProblems.map(({ name }) => name)).size).toBe(closedFormProblems.length);
  for (const { directions, reference } of closedFormProblems) {
    expect(reference?.length ?? 1).toBe(directions.length);
  }
});
