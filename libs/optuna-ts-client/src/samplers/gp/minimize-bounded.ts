/** What `minimizeBounded` needs. */
export interface BoundedProblem {
  /** The value at x; writes its gradient. NaN and Infinity mean that x is out of bounds. */
  readonly evaluate: (x: Float64Array, gradient: Float64Array) => number;
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly maxIterations: number;
  /** Stop once no component of the projected gradient is larger. */
  readonly gradientTolerance: number;
  /** Stop once a step lowers the value by less than this part of it. @default {1e-9} */
  readonly valueTolerance?: number;
}

/** Steps that are remembered for the curvature. */
const MEMORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const MOST_HALVINGS = 20;

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** step·change > 0. */
  readonly curvature: number;
}

/**
 * A local minimum within a box: limited-memory BFGS on the coordinates that are not held by a bound, with projected
 * backtracking. Never ends higher than it started.
 *
 * @returns The point and its value; the start, if that has no finite value.
 * @see Nocedal & Wright 2006, Numerical Optimization, algorithms 7.4 and 16.6; Kim, Sra & Dhillon 2010,
 *   doi:10.1137/08073812X (projected quasi-Newton)
 */
export function minimizeBounded(problem: BoundedProblem): { x: Float64Array; value: number } {
  const { evaluate, lower, upper, maxIterations, gradientTolerance, valueTolerance = 1e-9 } = problem;
  const n = problem.start.length;
  let x: Float64Array = problem.start.map((value, i) => clamp(value, lower[i], upper[i]));
  let gradient: Float64Array = new Float64Array(n);
  let value = evaluate(x, gradient);
  const corrections: Correction[] = [];
  for (let iteration = 0; iteration < maxIterations && Number.isFinite(value); iteration++) {
    const isFree = x.map((at, i) =>
      (at <= lower[i] && gradient[i] > 0) || (at >= upper[i] && gradient[i] < 0) ? 0 : 1,
    );
    if (largestFree(gradient, isFree) <= gradientTolerance) break;
    let direction = quasiNewtonDirection(gradient, isFree, corrections);
    if (!(inner(direction, gradient) < 0)) {
      corrections.length = 0;
      direction = quasiNewtonDirection(gradient, isFree, corrections);
    }
    let length = corrections.length === 0 ? Math.min(1, 1 / Math.sqrt(inner(direction, direction))) : 1;
    let accepted: { x: Float64Array; value: number; gradient: Float64Array } | undefined;
    for (let halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
      const next = x.map((at, i) => clamp(at + length * direction[i], lower[i], upper[i]));
      const nextGradient = new Float64Array(n);
      const nextValue = evaluate(next, nextGradient);
      let predicted = 0;
      for (let i = 0; i < n; i++) predicted += gradient[i] * (next[i] - x[i]);
      if (nextValue <= value + SUFFICIENT_DECREASE * predicted) {
        accepted = { x: next, value: nextValue, gradient: nextGradient };
        break;
      }
    }
    if (accepted === undefined) {
      if (corrections.length === 0) break;
      corrections.length = 0;
      continue;
    }
    remember(corrections, x, accepted.x, gradient, accepted.gradient);
    const gain = value - accepted.value;
    ({ x, value, gradient } = accepted);
    if (gain <= valueTolerance * Math.max(1, Math.abs(value))) break;
  }
  return { x, value };
}

/** −H·gradient by the two-loop recursion; 0 along coordinates that are held. */
function quasiNewtonDirection(
  gradient: Float64Array,
  isFree: Float64Array,
  corrections: readonly Correction[],
): Float64Array {
  const direction = gradient.map((slope, i) => -slope * isFree[i]);
  const shares = new Float64Array(corrections.length);
  for (let k = corrections.length - 1; k >= 0; k--) {
    const { step, change, curvature } = corrections[k];
    shares[k] = inner(step, direction) / curvature;
    for (let i = 0; i < direction.length; i++) direction[i] -= shares[k] * change[i];
  }
  const last = corrections.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / inner(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (const [k, { step, change, curvature }] of corrections.entries()) {
    const share = shares[k] - inner(change, direction) / curvature;
    for (let i = 0; i < direction.length; i++) direction[i] += share * step[i];
  }
  return direction.map((value, i) => value * isFree[i]);
}

function remember(
  corrections: Correction[],
  from: Float64Array,
  to: Float64Array,
  gradientFrom: Float64Array,
  gradientTo: Float64Array,
): void {
  const step = to.map((value, i) => value - from[i]);
  const change = gradientTo.map((value, i) => value - gradientFrom[i]);
  const curvature = inner(step, change);
  if (!(curvature > 1e-10 * inner(change, change))) return;
  corrections.push({ step, change, curvature });
  if (corrections.length > MEMORY) corrections.shift();
}

function largestFree(gradient: Float64Array, isFree: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < gradient.length; i++) largest = Math.max(largest, Math.abs(gradient[i]) * isFree[i]);
  return largest;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
