/** A smooth function along a line: its value and slope at a step. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  /** Derivative with respect to the step. */
  readonly slope: number;
}

/** Nocedal & Wright's constants for quasi-Newton directions: enough decrease, and a slope that got flat. */
const decrease = 1e-4;
const curvature = 0.9;

/** Evaluations of one search at most: twenty halvings take any first step into reach of the strong Wolfe conditions. */
const maxEvaluations = 30;

/**
 * A step that meets the strong Wolfe conditions. Values that are not finite count as too high, so the search steps back
 * from where the function overflows.
 *
 * @param start At step 0; its slope is negative.
 * @param first Step tried first, > 0.
 * @returns null if no step within reach lowers the value: the start is a minimum to working precision.
 * @see Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 3.5 and 3.6; the minimiser of the cubic, eq. 3.59
 */
export function searchLine(at: (step: number) => LinePoint, start: LinePoint, first: number): LinePoint | null {
  let previous = start;
  let step = first;
  for (let evaluation = 1; evaluation <= maxEvaluations; evaluation++) {
    const point = at(step);
    if (isTooHigh(point, start) || (evaluation > 1 && point.value >= previous.value)) {
      return zoom(at, start, previous, point, maxEvaluations - evaluation);
    }
    if (Math.abs(point.slope) <= -curvature * start.slope) return point;
    if (point.slope >= 0) return zoom(at, start, point, previous, maxEvaluations - evaluation);
    previous = point;
    step *= 2;
  }
  return previous;
}

/** Narrows [low, high], where `low` has the lowest value found that decreases enough, and a slope towards `high`. */
function zoom(
  at: (step: number) => LinePoint,
  start: LinePoint,
  low: LinePoint,
  high: LinePoint,
  evaluations: number,
): LinePoint | null {
  for (let evaluation = 0; evaluation < evaluations; evaluation++) {
    const point = at(between(low, high));
    if (isTooHigh(point, start) || point.value >= low.value) {
      high = point;
      continue;
    }
    if (Math.abs(point.slope) <= -curvature * start.slope) return point;
    if (point.slope * (high.step - low.step) >= 0) high = low;
    low = point;
  }
  return low.step > 0 ? low : null;
}

function isTooHigh({ step, value, slope }: LinePoint, start: LinePoint): boolean {
  return !(value <= start.value + decrease * step * start.slope) || !Number.isFinite(slope);
}

/** The minimiser of the cubic through both points, kept a tenth away from either end; else the middle. */
function between(a: LinePoint, b: LinePoint): number {
  const width = b.step - a.step;
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  const share = 1 - (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  return a.step + width * (Number.isFinite(share) ? Math.min(0.9, Math.max(0.1, share)) : 0.5);
}
