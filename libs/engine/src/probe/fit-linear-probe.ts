import { DomainError } from '#primitives';
import { type LbfgsOptions, minimizeLbfgs } from './minimize-lbfgs.js';

/** What a linear probe is fitted to. */
export interface ProbeProblem {
  /** [n, d], row-major, n >= 1, d >= 1, all finite. */
  readonly features: Float32Array;
  /** [n], each in [0, classes). */
  readonly labels: Int32Array;
  /** Integer >= 2. */
  readonly classes: number;
}

/** How it is fitted. */
export interface ProbeOptions extends Pick<LbfgsOptions, 'gradientTolerance' | 'maxIterations'> {
  /**
   * Penalty `l2 / (2n) * (d * |weight|² + |bias|²)` on the weights of the scaled features, > 0. It is that of a normal
   * prior under which a logit has variance `2 / l2`, however many features there are, and it fades as examples come in.
   *
   * On few examples and many features anything much weaker fits every example and knows less of others. On the drawn
   * insects (240 pictures, 512 and 4096 features) results are flat between 0.1 and 3; scikit-learn's `C = 1` would be
   * `1 / d`, and made the cross-entropy of other pictures 1.5 to 1.9 times as high.
   *
   * @default 1
   */
  readonly l2?: number;
}

/** logits = features · weight + bias. */
export interface LinearProbe {
  /** [d, classes], row-major: tfjs's layout of a dense layer, and of a 1×1 filter. */
  readonly weight: Float32Array;
  /** [classes] */
  readonly bias: Float32Array;
  readonly iterations: number;
  /** The minimised value: mean cross-entropy plus penalty, nats. */
  readonly loss: number;
  /** False where `maxIterations` ended the search: the probe is then close to the best one, and usable. */
  readonly converged: boolean;
}

/** A feature is NaN or infinite: the network that made it is of no use. */
export class NonFiniteFeatureError extends DomainError {
  readonly code = 'NON_FINITE_FEATURE';
  constructor(
    readonly example: number,
    readonly feature: number,
    value: number,
  ) {
    super(`Feature ${feature} of example ${example} is ${value}, must be finite`);
  }
}

/**
 * Multinomial logistic regression on features with mean 0 and a common scale, which is folded into the result.
 * Deterministic: equal input gives equal bits.
 *
 * Every feature is centred, and all are divided by the same number: the root of their mean variance. Divided each by its
 * own deviation, channels that hardly ever answer would get huge weights, from which no fine-tuning starts well.
 *
 * The bias is penalised as well. That makes the problem strictly convex, so there is one solution for any labels: a class
 * without an example gets a small bias, and a single class no infinite one. A constant feature gets weight 0
 * up to rounding.
 *
 * Each of the at most `maxIterations` iterations takes one or two evaluations of `2 * n * d * classes` multiply-adds;
 * memory is some 25 * (d + 1) * classes doubles besides the features, which are not copied.
 *
 * @throws {RangeError} if there is no example, a size or label is out of range, or `l2` is not > 0.
 * @throws {NonFiniteFeatureError} if a feature is not finite.
 */
export function fitLinearProbe(problem: ProbeProblem, options: ProbeOptions = {}): LinearProbe {
  const { l2 = 1, gradientTolerance = 1e-4, maxIterations = 100 } = options;
  if (!(l2 > 0 && Number.isFinite(l2))) throw new RangeError(`l2 is ${l2}, must be a finite number > 0`);
  const { labels, classes } = problem;
  const width = featuresPerExample(problem);
  const regression = new LogisticRegression(problem, width, scalingOf(problem.features, width), l2 / labels.length);
  const start = new Float64Array((width + 1) * classes);
  const minimum = minimizeLbfgs((x, gradient) => regression.evaluate(x, gradient), start, {
    gradientTolerance,
    maxIterations,
  });
  const folded = regression.fold(minimum.x);
  const weight = new Float32Array(width * classes);
  for (let label = 0; label < classes; label++) {
    for (let feature = 0; feature < width; feature++) {
      weight[feature * classes + label] = folded.weight[label * width + feature];
    }
  }
  const { iterations, value: loss, converged } = minimum;
  return { weight, bias: Float32Array.from(folded.bias), iterations, loss, converged };
}

/** Checks sizes and labels. */
function featuresPerExample({ features, labels, classes }: ProbeProblem): number {
  if (!(Number.isInteger(classes) && classes >= 2)) {
    throw new RangeError(`classes is ${classes}, must be an integer >= 2`);
  }
  const count = labels.length;
  if (count === 0) throw new RangeError('labels is empty, must have at least one example');
  const width = features.length / count;
  if (!(Number.isInteger(width) && width >= 1)) {
    throw new RangeError(`features has ${features.length} numbers, must be a positive multiple of ${count} examples`);
  }
  const wrong = labels.findIndex((label) => !(label >= 0 && label < classes));
  if (wrong >= 0) throw new RangeError(`labels has ${labels[wrong]} at ${wrong}, must be in [0, ${classes})`);
  return width;
}

/** (x - mean) * scale has mean 0, and variance 1 on average over the features; scale is 0 where all are constant. */
interface Scaling {
  readonly mean: Float64Array;
  readonly scale: number;
}

function scalingOf(features: Float32Array, width: number): Scaling {
  const count = features.length / width;
  const mean = new Float64Array(width);
  let largest = 0;
  for (let at = 0; at < features.length; at++) {
    const value = features[at];
    const feature = at % width;
    if (!Number.isFinite(value)) throw new NonFiniteFeatureError(Math.floor(at / width), feature, value);
    mean[feature] += value / count;
    largest = Math.max(largest, Math.abs(value));
  }
  let variance = 0;
  for (let at = 0; at < features.length; at++) variance += (features[at] - mean[at % width]) ** 2 / features.length;
  const deviation = Math.sqrt(variance);
  // Below float32's precision of the values, differences are rounding, and no features.
  return { mean, scale: deviation > 1e-6 * largest ? 1 / deviation : 0 };
}

/** Weights [classes, width] and biases [classes] for the features as they are. */
interface FoldedWeights {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/**
 * Mean cross-entropy plus penalty as a function of [weights [classes, width], biases [classes]] for scaled features. The
 * features stay as they are: the scaling is folded into the weights, and unfolded in the gradient.
 */
class LogisticRegression {
  readonly #logits: Float64Array;

  constructor(
    private readonly problem: ProbeProblem,
    private readonly width: number,
    private readonly scaling: Scaling,
    private readonly penalty: number,
  ) {
    this.#logits = new Float64Array(problem.classes);
  }

  evaluate(x: Float64Array, gradient: Float64Array): number {
    const { problem, width, penalty } = this;
    const { features, labels, classes } = problem;
    const { weight, bias } = this.fold(x);
    const residual = this.#logits;
    gradient.fill(0);
    let loss = 0;
    for (let example = 0; example < labels.length; example++) {
      const offset = example * width;
      for (let label = 0; label < classes; label++) {
        residual[label] = bias[label] + dotAt(features, offset, weight, label * width, width);
      }
      loss += crossEntropy(residual, labels[example]) / labels.length;
      for (let label = 0; label < classes; label++) {
        const share = residual[label] / labels.length;
        gradient[classes * width + label] += share;
        addScaledAt(gradient, label * width, features, offset, share, width);
      }
    }
    this.#unfold(gradient);
    for (let at = 0; at < x.length; at++) {
      const strength = at < classes * width ? penalty * width : penalty;
      loss += (strength / 2) * x[at] ** 2;
      gradient[at] += strength * x[at];
    }
    return loss;
  }

  fold(x: Float64Array): FoldedWeights {
    const { width, scaling } = this;
    const { classes } = this.problem;
    const weight = x.slice(0, classes * width);
    const bias = x.slice(classes * width);
    for (let at = 0; at < weight.length; at++) {
      weight[at] *= scaling.scale;
      bias[Math.floor(at / width)] -= weight[at] * scaling.mean[at % width];
    }
    return { weight, bias };
  }

  /** From features as they are to scaled ones. */
  #unfold(gradient: Float64Array): void {
    const { width, scaling } = this;
    const { classes } = this.problem;
    for (let at = 0; at < classes * width; at++) {
      const shift = gradient[classes * width + Math.floor(at / width)] * scaling.mean[at % width];
      gradient[at] = (gradient[at] - shift) * scaling.scale;
    }
  }
}

/** Cross-entropy of logits, which become its gradient: softmax minus the one-hot label. */
function crossEntropy(logits: Float64Array, label: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) most = Math.max(most, logit);
  const target = logits[label] - most;
  let sum = 0;
  for (let at = 0; at < logits.length; at++) {
    logits[at] = Math.exp(logits[at] - most);
    sum += logits[at];
  }
  for (let at = 0; at < logits.length; at++) logits[at] /= sum;
  logits[label] -= 1;
  return Math.log(sum) - target;
}

/** Four sums at a time: the additions of one would wait for each other. */
function dotAt(a: Float32Array, aOffset: number, b: Float64Array, bOffset: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let at = 0;
  for (; at + 3 < length; at += 4) {
    s0 += a[aOffset + at] * b[bOffset + at];
    s1 += a[aOffset + at + 1] * b[bOffset + at + 1];
    s2 += a[aOffset + at + 2] * b[bOffset + at + 2];
    s3 += a[aOffset + at + 3] * b[bOffset + at + 3];
  }
  for (; at < length; at++) s0 += a[aOffset + at] * b[bOffset + at];
  return s0 + s1 + (s2 + s3);
}

function addScaledAt(
  target: Float64Array,
  targetOffset: number,
  source: Float32Array,
  sourceOffset: number,
  factor: number,
  length: number,
): void {
  for (let at = 0; at < length; at++) target[targetOffset + at] += factor * source[sourceOffset + at];
}
