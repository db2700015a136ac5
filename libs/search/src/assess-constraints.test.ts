import { expect, test } from 'vitest';
import { assessConstraints, describeViolation, violationOf } from './assess-constraints.js';
import type { Constraint } from './metric-name.js';

const constraints: Constraint[] = [
  { metric: 'latencyP95Ms', atMost: 20 },
  { metric: 'accuracy', atLeast: 0.5 },
];

test.each([
  [{ metric: 'latencyP95Ms', atMost: 20 }, 25, 5],
  [{ metric: 'latencyP95Ms', atMost: 20 }, 20, 0],
  [{ metric: 'accuracy', atLeast: 0.5 }, 0.25, 0.25],
  [{ metric: 'accuracy', atLeast: 0.5 }, 0.75, -0.25],
] as [Constraint, number, number][])('violationOf(%j, %d) is %d', (constraint, value, violation) => {
  expect(violationOf(constraint, value)).toBe(violation);
});

test.each([
  ['all known and met', { latencyP95Ms: 20, accuracy: 0.5 }, true],
  ['one unknown, the other met', { latencyP95Ms: 20 }, null],
  ['one unknown, the other violated', { latencyP95Ms: 21 }, false],
  ['nothing known', {}, null],
])('assessConstraints() with %s', (_, metrics, feasible) => {
  expect(assessConstraints(constraints, metrics).feasible).toBe(feasible);
});

test('assessConstraints() keeps the order of the constraints, null for what is unknown; none at all is met', () => {
  expect(assessConstraints(constraints, { accuracy: 0.25 }).constraints).toEqual([
    { metric: 'latencyP95Ms', violation: null },
    { metric: 'accuracy', violation: 0.25 },
  ]);
  expect(assessConstraints([], {})).toEqual({ constraints: [], feasible: true });
});

test('describeViolation() names the first violated constraint with value and bound, null where none is', () => {
  expect(describeViolation(constraints, { latencyP95Ms: 31.2, accuracy: 0.1 })).toBe(
    'latencyP95Ms is 31.2, must be at most 20',
  );
  expect(describeViolation(constraints, { accuracy: 0.1 })).toBe('accuracy is 0.1, must be at least 0.5');
  expect(describeViolation(constraints, { latencyP95Ms: 20 })).toBeNull();
});
