/**
 * Sum of what the constraints exceed 0 by.
 *
 * @param constraints Values that should be <= 0, in whatever unit the caller compares them in; none gives 0.
 * @returns >= 0; 0 means feasible. Infinity if a constraint is NaN: what was not measured is not met.
 */
export function constraintViolation(constraints: readonly number[]): number {
  let sum = 0;
  for (const constraint of constraints) {
    if (Number.isNaN(constraint)) return Number.POSITIVE_INFINITY;
    sum += Math.max(0, constraint);
  }
  return sum;
}
