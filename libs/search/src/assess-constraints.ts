import type { Constraint, MetricName } from './metric-name.js';
import type { Assessment } from './ports/trial-queue.js';

/**
 * Excess of a value over a constraint's bound: `value - atMost` or `atLeast - value`.
 *
 * @returns In the metric's unit; <= 0 where the constraint is met.
 */
export function violationOf({ atMost, atLeast }: Constraint, value: number): number {
  return atMost === undefined ? (atLeast ?? Number.NEGATIVE_INFINITY) - value : value - atMost;
}

/**
 * Checks measures against the constraints of a study.
 *
 * @returns Violations in the order of the constraints, null for a metric that is not known yet. `feasible` is false as
 * soon as one is violated, true when all are known and met, null between; true where there is no constraint.
 */
export function assessConstraints(
  constraints: readonly Constraint[],
  metrics: Readonly<Partial<Record<MetricName, number>>>,
): Assessment {
  const violations = constraints.map((constraint) => {
    const value = metrics[constraint.metric];
    return { metric: constraint.metric, violation: value === undefined ? null : violationOf(constraint, value) };
  });
  if (violations.some(({ violation }) => violation !== null && violation > 0)) {
    return { constraints: violations, feasible: false };
  }
  const known = violations.every(({ violation }) => violation !== null);
  return { constraints: violations, feasible: known ? true : null };
}

/** The first constraint that known metrics violate, with the value that does; null where they violate none. */
export function violatedConstraint(
  constraints: readonly Constraint[],
  metrics: Readonly<Partial<Record<MetricName, number>>>,
): { readonly constraint: Constraint; readonly value: number } | null {
  for (const constraint of constraints) {
    const value = metrics[constraint.metric];
    if (value !== undefined && violationOf(constraint, value) > 0) return { constraint, value };
  }
  return null;
}

/** The constraint a trial violates, in words: `latencyP95Ms is 31.2, must be at most 20`; null where it violates none. */
export function describeViolation(
  constraints: readonly Constraint[],
  metrics: Readonly<Partial<Record<MetricName, number>>>,
): string | null {
  const violated = violatedConstraint(constraints, metrics);
  if (violated === null) return null;
  const { constraint, value } = violated;
  return `${constraint.metric} is ${Number(value.toPrecision(6))}, must be ${describeBound(constraint)}`;
}

/** `at most 20` or `at least 0.9`. */
export function describeBound({ atMost, atLeast }: Constraint): string {
  return atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
}
