import { type LinePoint, searchLine } from './line-search.js';

/** A smooth function of many numbers: returns the value at `x` and writes the gradient. */
export type SmoothFunction = (x: Float64Array, gradient: Float64Array) => number;

/** When to stop. */
export interface LbfgsOptions {
  /** Largest absolute entry of the gradient at the minimum, > 0. @default 1e-5 */
  readonly gradientTolerance?: number;
  /** Integer >= 0. @default 100 */
  readonly maxIterations?: number;
  /** Pairs of steps and gradient changes that are remembered, integer >= 1. @default 10 */
  readonly memory?: number;
}

/** Where the search ended. */
export interface LbfgsMinimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** True if the gradient is within the tolerance, or no step lowers the value any more. */
  readonly converged: boolean;
}

/** A step and what it did to the gradient. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / (step · change). */
  readonly rho: number;
}

/**
 * Limited-memory BFGS with a strong Wolfe line search, in double precision. Equal input gives equal bits.
 *
 * An iteration costs `4 * memory * n` multiply-adds besides one or two evaluations; memory is `(2 * memory + 5) * n`
 * doubles.
 *
 * @param start [n]; not modified.
 * @throws {RangeError} if the value or gradient at the start is not finite.
 * @see Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 (two-loop recursion) and 7.5
 */
export function minimizeLbfgs(f: SmoothFunction, start: Float64Array, options: LbfgsOptions = {}): LbfgsMinimum {
  const { gradientTolerance = 1e-5, maxIterations = 100, memory = 10 } = options;
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  if (!(Number.isFinite(value) && gradient.every(Number.isFinite))) {
    throw new RangeError(`The function at the start is ${value}, must be finite with a finite gradient`);
  }
  const pairs: Pair[] = [];
  for (let iterations = 0; ; iterations++) {
    if (largest(gradient) <= gradientTolerance) return { x, value, iterations, converged: true };
    if (iterations >= maxIterations) return { x, value, iterations, converged: false };
    const direction = descentDirection(gradient, pairs);
    const line = new Line(f, x, direction);
    const zero: LinePoint = { step: 0, value, slope: dot(gradient, direction) };
    // Nothing is known of the scale yet: the first step has length one at the most.
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const found = searchLine((step) => line.at(step), zero, first);
    if (found === null) return { x, value, iterations, converged: true };
    const next = line.end(found);
    remember(pairs, memory, difference(next.x, x), difference(next.gradient, gradient));
    ({ x, gradient } = next);
    value = found.value;
  }
}

/** The function along a direction; keeps the gradient of the last evaluation, which is nearly always the chosen one. */
class Line {
  #step = Number.NaN;
  #x = new Float64Array(0);
  #gradient = new Float64Array(0);

  constructor(
    private readonly f: SmoothFunction,
    private readonly start: Float64Array,
    private readonly direction: Float64Array,
  ) {}

  at(step: number): LinePoint {
    this.#step = step;
    this.#x = this.start.map((value, index) => value + step * this.direction[index]);
    this.#gradient = new Float64Array(this.start.length);
    const value = this.f(this.#x, this.#gradient);
    return { step, value, slope: dot(this.#gradient, this.direction) };
  }

  end({ step }: LinePoint): { x: Float64Array<ArrayBuffer>; gradient: Float64Array<ArrayBuffer> } {
    if (step !== this.#step) this.at(step);
    return { x: this.#x, gradient: this.#gradient };
  }
}

/** - H · gradient, with H built from the remembered pairs. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const alphas = new Float64Array(pairs.length);
  for (let index = pairs.length - 1; index >= 0; index--) {
    const { step, change, rho } = pairs[index];
    alphas[index] = rho * dot(step, direction);
    addScaled(direction, change, -alphas[index]);
  }
  const newest = pairs.at(-1);
  if (newest) {
    const scale = 1 / (newest.rho * dot(newest.change, newest.change));
    for (let index = 0; index < direction.length; index++) direction[index] *= scale;
  }
  for (const [index, { step, change, rho }] of pairs.entries()) {
    addScaled(direction, step, alphas[index] - rho * dot(change, direction));
  }
  return direction;
}

/** A pair without curvature would make H indefinite; the Wolfe conditions rule it out but for rounding. */
function remember(pairs: Pair[], memory: number, step: Float64Array, change: Float64Array): void {
  const product = dot(step, change);
  if (!(product > Number.EPSILON * dot(change, change))) return;
  if (pairs.length === memory) pairs.shift();
  pairs.push({ step, change, rho: 1 / product });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index++) target[index] += factor * source[index];
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value - b[index]);
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
