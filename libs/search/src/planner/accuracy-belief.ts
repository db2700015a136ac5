import { CholeskyFactor } from '#optuna-ts-client';
import type { RetrainDepth } from '../search-space.js';

/** A training that an accuracy is believed of. */
export interface BeliefPoint {
  readonly architecture: string;
  readonly retrainDepth: RetrainDepth;
  /** log10 of the learning rate. */
  readonly rate: number;
  /** >= 0; Infinity: what training comes to in the end. */
  readonly epoch: number;
  /** Trainings with the same seed share their luck. @default one of its own */
  readonly trajectory?: string;
}

/** An accuracy that was seen, on the scale of `toScale`. */
export interface Observation {
  readonly point: BeliefPoint;
  readonly value: number;
  /** Of the value about the truth. */
  readonly variance: number;
}

/** How widely accuracies vary: standard deviations on the scale of `toScale` are multiplied by `scale`. */
export interface BeliefParameters {
  readonly scale: number;
  /** Decades of learning rate over which accuracies are alike. */
  readonly rateLength: number;
}

/** Mean and variance on the scale of `toScale`. */
export interface Belief {
  readonly mean: number;
  readonly variance: number;
}

/**
 * A Gaussian process of accuracies. What training comes to in the end is a sum of effects: of everything, of the
 * architecture (its own one for `scratch`), the depth, both, the learning rate at a depth, and the same at one
 * architecture. What is still missing after e epochs is a process of its own, with the covariance β/(e + e' + β) of a
 * mixture of exponential decays, alike only within a depth: deep training starts slowly, and tells nothing of how fast a
 * shallow one does.
 *
 * @see Swersky, Snoek & Adams 2014, arXiv:1406.3896 (the covariance of learning curves)
 */
export class AccuracyBelief {
  readonly #factor = new CholeskyFactor();
  readonly #points: BeliefPoint[] = [];
  readonly #residuals: number[] = [];
  /** By depth and learning rate: how alike the rates of all observations are, for it is asked of many epochs and networks. */
  readonly #rateRows = new Map<string, Float64Array>();
  /** Variance of each observation, its noise included. */
  readonly #variances: number[] = [];
  #row = new Float64Array(0);
  #solution: Float64Array | undefined;

  constructor(
    readonly parameters: BeliefParameters,
    private readonly priorMean: (point: BeliefPoint) => number,
  ) {}

  get size(): number {
    return this.#points.length;
  }

  /** Takes an observation in: O(n²). */
  append({ point, value, variance }: Observation): void {
    const row = this.#covariances(point);
    const own = this.#covariance(point, point, 1) + OWN_LUCK * this.#scaleSquare + variance;
    this.#factor.append(row, own);
    this.#points.push(point);
    this.#variances.push(own);
    this.#residuals.push(value - this.priorMean(point));
    this.#solution = undefined;
    this.#rateRows.clear();
  }

  /** The belief without its variance: O(n). */
  mean(point: BeliefPoint): number {
    const row = this.#covariances(point);
    const solution = this.#solved();
    let sum = this.priorMean(point);
    for (let i = 0; i < this.size; i++) sum += row[i] * solution[i];
    return sum;
  }

  /** The mean, and what the variance is at the most, by the one observation that tells most: O(n). */
  outline(point: BeliefPoint): Belief {
    const row = this.#covariances(point);
    const solution = this.#solved();
    let mean = this.priorMean(point);
    let explained = 0;
    for (let i = 0; i < this.size; i++) {
      mean += row[i] * solution[i];
      const part = (row[i] * row[i]) / this.#variances[i];
      if (part > explained) explained = part;
    }
    return { mean, variance: Math.max(0, this.#covariance(point, point, 1) - explained) };
  }

  /** What is believed of a training: O(n²). */
  at(point: BeliefPoint): Belief {
    const row = this.#covariances(point);
    const solution = this.#solved();
    let mean = this.priorMean(point);
    for (let i = 0; i < this.size; i++) mean += row[i] * solution[i];
    this.#factor.solveLower(row);
    let variance = this.#covariance(point, point, 1);
    for (let i = 0; i < this.size; i++) variance -= row[i] * row[i];
    return { mean, variance: Math.max(0, variance) };
  }

  /** ln of the density of all observations, constants left out. */
  logLikelihood(): number {
    const solved = Float64Array.from(this.#residuals);
    this.#factor.solveLower(solved);
    return -0.5 * solved.reduce((sum, value) => sum + value * value, 0) - this.#factor.halfLogDeterminant();
  }

  get #scaleSquare(): number {
    return this.parameters.scale ** 2;
  }

  #covariances(point: BeliefPoint): Float64Array {
    const n = this.size;
    if (this.#row.length < n) this.#row = new Float64Array(Math.max(64, 2 * n));
    const rates = this.#rateRow(point);
    for (let i = 0; i < n; i++) this.#row[i] = this.#covariance(point, this.#points[i], rates[i]);
    return this.#row;
  }

  #rateRow({ retrainDepth, rate }: BeliefPoint): Float64Array {
    const key = `${retrainDepth} ${rate}`;
    let row = this.#rateRows.get(key);
    if (row === undefined) {
      const { rateLength } = this.parameters;
      row = Float64Array.from(this.#points, (other) =>
        other.retrainDepth === retrainDepth ? matern(Math.abs(rate - other.rate) / rateLength) : 0,
      );
      this.#rateRows.set(key, row);
    }
    return row;
  }

  #solved(): Float64Array {
    if (this.#solution === undefined) {
      this.#solution = Float64Array.from(this.#residuals);
      this.#factor.solveLower(this.#solution);
      this.#factor.solveUpper(this.#solution);
    }
    return this.#solution;
  }

  /** @param rate How alike the learning rates are; not looked at where the depths differ. */
  #covariance(a: BeliefPoint, b: BeliefPoint, rate: number): number {
    const isSameNetwork = a.architecture === b.architecture;
    const isSameDepth = a.retrainDepth === b.retrainDepth;
    const isPretrained = a.retrainDepth !== 'scratch' && b.retrainDepth !== 'scratch';
    let sum = LEVEL;
    if (isPretrained) sum += PRETRAINED + (isSameNetwork ? NETWORK : 0);
    if (!isSameDepth) return sum * this.#scaleSquare;
    sum += DEPTH + (isSameNetwork ? NETWORK_AT_DEPTH : 0);
    sum += rate * (RATE + (isSameNetwork ? RATE_OF_NETWORK : 0));
    const { size, epochs } = curves[a.retrainDepth];
    const missing = epochs / (a.epoch + b.epoch + epochs);
    if (missing > 0) {
      const alike = CURVE + rate * (CURVE_OF_RATE + (isSameNetwork ? CURVE_OF_NETWORK : 0));
      sum += size * size * missing * alike;
    }
    if (a.trajectory !== undefined && a.trajectory === b.trajectory) sum += SEED;
    return sum * this.#scaleSquare;
  }
}

/** How much of what training comes to is missing at the start, on the scale of `toScale`, and after how many epochs half of it. */
export const curves: Readonly<Record<RetrainDepth, { readonly size: number; readonly epochs: number }>> = {
  shallow: { size: 0.15, epochs: 2 },
  partial: { size: 0.2, epochs: 3 },
  deep: { size: 0.3, epochs: 4 },
  scratch: { size: 0.5, epochs: 8 },
};

// Variances on the scale of `toScale`, where 0.1 is 6 points of accuracy at 90 %.
const LEVEL = 0.2 ** 2;
const PRETRAINED = 0.1 ** 2;
const NETWORK = 0.09 ** 2;
const DEPTH = 0.06 ** 2;
const NETWORK_AT_DEPTH = 0.05 ** 2;
const RATE = 0.12 ** 2;
const RATE_OF_NETWORK = 0.07 ** 2;
/** Parts of the square of a curve's size. */
const CURVE = 0.25;
const CURVE_OF_RATE = 0.25;
const CURVE_OF_NETWORK = 0.1;
const SEED = 0.015 ** 2;
/** What is true of one epoch of one training alone. */
const OWN_LUCK = 0.01 ** 2;

/** Matérn-5/2 correlation at a distance in lengthscales. */
function matern(distance: number): number {
  const scaled = Math.sqrt(5) * distance;
  return Math.exp(-scaled) * (1 + scaled + (scaled * scaled) / 3);
}
