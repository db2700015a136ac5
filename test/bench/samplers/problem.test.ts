import { expect, test } from 'vitest';
import { bnh } from './front-problems.js';
import { figureOf, type Problem } from './problem.js';
import { surrogateError } from './surrogate-problems.js';

const feasible = (...values: number[]) => ({ values, constraints: [-1, 0] });

test('figureOf() is the best feasible value in the direction of the objective', () => {
  const outcomes = [feasible(3), feasible(2), { values: [-9], constraints: [-1, 0.1] }, feasible(5)];
  expect(figureOf(surrogateError, outcomes)).toBe(2);
  expect(figureOf({ ...surrogateError, directions: ['maximize'] }, outcomes)).toBe(5);
  expect(figureOf(surrogateError, outcomes.slice(2, 3))).toBeNaN();
});

test('figureOf() is the feasible hypervolume as a share of the box', () => {
  const problem: Problem = { ...bnh, reference: [10, 10] };
  expect(figureOf(problem, [feasible(5, 5), feasible(8, 2), { values: [0, 0], constraints: [1] }])).toBeCloseTo(0.31);
  expect(figureOf({ ...problem, volume: 50 }, [feasible(5, 5)])).toBeCloseTo(0.5);
  expect(figureOf(problem, [feasible(11, 1)])).toBe(0);
  expect(figureOf(problem, [])).toBe(0);
});
