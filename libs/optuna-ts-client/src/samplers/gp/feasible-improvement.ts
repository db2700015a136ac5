import { logNdtr } from '../../numerics/normal-distribution.js';
import type { ExpectedHypervolumeImprovement } from './expected-hypervolume-improvement.js';
import type { GaussianProcess } from './gaussian-process.js';
import { logPdf } from './log-expected-improvement.js';

/** Added to every variance, so that a deviation is never 0. */
const SMALLEST_VARIANCE = 1e-12;

/** A constraint as a model: met where the process is at most `limit`. */
export interface ConstraintModel {
  readonly process: GaussianProcess;
  readonly limit: number;
}

/** What a `FeasibleImprovement` is made of. */
export interface FeasibleImprovementInput {
  /** One per loss. */
  readonly objectives: readonly GaussianProcess[];
  /** Null while nothing feasible is known: then only the constraints count. */
  readonly improvement: ExpectedHypervolumeImprovement | null;
  readonly constraints: readonly ConstraintModel[];
}

/**
 * The acquisition function: ln of the expected improvement plus, for each constraint, ln of the probability that it is
 * met.
 *
 * @see Gardner et al. 2014, Bayesian Optimization with Inequality Constraints · optuna/_gp/acqf.py LogCEHVI, 5.0.0
 */
export class FeasibleImprovement {
  readonly #input: FeasibleImprovementInput;
  readonly #means: Float64Array;
  readonly #deviations: Float64Array;
  readonly #meanSlopes: Float64Array;
  readonly #deviationSlopes: Float64Array;

  constructor(input: FeasibleImprovementInput) {
    this.#input = input;
    const { length } = input.objectives;
    this.#means = new Float64Array(length);
    this.#deviations = new Float64Array(length);
    this.#meanSlopes = new Float64Array(length);
    this.#deviationSlopes = new Float64Array(length);
  }

  /** The larger the better; −Infinity where nothing can be gained. */
  value(row: Float64Array): number {
    const { objectives, improvement, constraints } = this.#input;
    let value = 0;
    for (const { process, limit } of constraints) {
      const { mean, variance } = process.posterior(row);
      value += logNdtr((limit - mean) / Math.sqrt(variance + SMALLEST_VARIANCE));
    }
    if (improvement === null) return value;
    for (const [objective, process] of objectives.entries()) {
      const { mean, variance } = process.posterior(row);
      this.#means[objective] = mean;
      this.#deviations[objective] = Math.sqrt(variance + SMALLEST_VARIANCE);
    }
    return value + improvement.evaluate(this.#means, this.#deviations);
  }

  /** The value; writes its derivatives along `dimensions`, in their order. */
  valueWithGradient(row: Float64Array, dimensions: readonly number[], gradient: Float64Array): number {
    const { objectives, improvement, constraints } = this.#input;
    gradient.fill(0);
    let value = 0;
    for (const { process, limit } of constraints) {
      const { mean, variance, meanGradient, varianceGradient } = process.posteriorWithGradient(row, dimensions);
      const deviation = Math.sqrt(variance + SMALLEST_VARIANCE);
      const z = (limit - mean) / deviation;
      const log = logNdtr(z);
      value += log;
      const slope = Math.exp(logPdf(z) - log);
      add(gradient, -slope / deviation, meanGradient, (-slope * z) / (2 * deviation * deviation), varianceGradient);
    }
    if (improvement === null) return value;
    const posteriors = objectives.map((process) => process.posteriorWithGradient(row, dimensions));
    for (const [objective, { mean, variance }] of posteriors.entries()) {
      this.#means[objective] = mean;
      this.#deviations[objective] = Math.sqrt(variance + SMALLEST_VARIANCE);
    }
    value += improvement.evaluate(this.#means, this.#deviations, this.#meanSlopes, this.#deviationSlopes);
    for (const [objective, { meanGradient, varianceGradient }] of posteriors.entries()) {
      const varianceSlope = this.#deviationSlopes[objective] / (2 * this.#deviations[objective]);
      add(gradient, this.#meanSlopes[objective], meanGradient, varianceSlope, varianceGradient);
    }
    return value;
  }
}

function add(
  gradient: Float64Array,
  meanSlope: number,
  meanGradient: Float64Array,
  varianceSlope: number,
  varianceGradient: Float64Array,
): void {
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] += meanSlope * meanGradient[i] + varianceSlope * varianceGradient[i];
  }
}
