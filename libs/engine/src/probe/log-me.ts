import { eigenCoordinates } from './eigen-coordinates.js';
import { NonFiniteFeatureError, type ProbeProblem } from './fit-linear-probe.js';

/**
 * Most examples that are looked at, evenly spread over those given: an eigenvalue problem grows with their cube, and the
 * evidence of so many tells networks apart.
 */
const MOST_EXAMPLES = 1024;

/** Variance of the noise at the least: labels that features fit exactly would have infinite evidence. */
const LEAST_NOISE = 1e-6;

const MOST_ITERATIONS = 1000;

/**
 * LogME: log of the maximum evidence of the labels under a Bayesian linear model on the features, per example, averaged over
 * the classes. The higher it is, the better the features explain the labels, without a weight being fitted.
 *
 * Every class is a regression of its 0/1 labels: weights with precision α, noise with precision β. In the eigenbasis of the
 * features' Gram matrix the evidence and its fixed point, α = γ / |m|², β = (n − γ) / |y − Fm|², cost O(min(n, d)) a step; it
 * is run to convergence. Features are not centred, as in the paper. A class without an example says nothing and is left out.
 *
 * At most 1024 examples are looked at, evenly spread over those given. Memory: `8 min(n, d)²` bytes, at most 8 MiB, besides
 * the features. Equal input gives equal bits.
 *
 * @returns Nats per example; comparable among networks on the same examples.
 * @throws {RangeError} if there is no example, or a size or label is out of range.
 * @throws {NonFiniteFeatureError} if a feature is not finite.
 * @see You et al. 2021, arXiv:2102.11005 (ICML 2021), eq. 2 and algorithm 1
 */
export function logMe(problem: ProbeProblem): number {
  const { examples, width } = chosenExamples(problem);
  const { labels, classes, features } = problem;
  const present = [...new Set(examples.map((example) => labels[example]))].sort((a, b) => a - b);
  if (classes < 2 || present.some((label) => !(label >= 0 && label < classes))) {
    throw new RangeError(`classes is ${classes} with labels ${present.join(', ')}, must be > every label, and >= 2`);
  }
  const rows = examples.map((example) => Float64Array.from(features.subarray(example * width, (example + 1) * width)));
  const targets = present.map((label) => Float64Array.from(examples, (example) => (labels[example] === label ? 1 : 0)));
  const basis = rows.length <= width ? inExamples(rows, targets) : inFeatures(rows, width, targets);
  const evidences = targets.map((target, index) => {
    const norm = target.reduce((sum, value) => sum + value, 0);
    return maximumEvidence(basis.values, basis.squares[index], norm, rows.length);
  });
  return evidences.reduce((sum, evidence) => sum + evidence, 0) / (evidences.length * rows.length);
}

function chosenExamples({ features, labels }: ProbeProblem): { examples: number[]; width: number } {
  const count = labels.length;
  const width = features.length / count;
  if (!(count > 0 && Number.isInteger(width) && width >= 1)) {
    throw new RangeError(
      `features has ${features.length} numbers, must be a positive multiple of ${count} examples >= 1`,
    );
  }
  const wrong = features.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new NonFiniteFeatureError(Math.floor(wrong / width), wrong % width, features[wrong]);
  const chosen = Math.min(count, MOST_EXAMPLES);
  return { examples: Array.from({ length: chosen }, (_, index) => Math.floor((index * count) / chosen)), width };
}

/** Eigenvalues of the Gram matrix, and per target the squares of its coordinates along the left singular vectors. */
interface Basis {
  readonly values: Float64Array;
  readonly squares: readonly Float64Array[];
}

/** By F·Fᵀ, for no more examples than features. */
function inExamples(rows: readonly Float64Array[], targets: readonly Float64Array[]): Basis {
  const size = rows.length;
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(rows[i], rows[j]);
      gram[i * size + j] = value;
      gram[j * size + i] = value;
    }
  }
  const { values, coordinates } = eigenCoordinates(gram, size, targets);
  return { values: values.map(positive), squares: coordinates.map((vector) => vector.map((value) => value * value)) };
}

/** By Fᵀ·F, for fewer features than examples: a left singular vector is F·v over its singular value. */
function inFeatures(rows: readonly Float64Array[], width: number, targets: readonly Float64Array[]): Basis {
  const gram = new Float64Array(width * width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      const value = row[i];
      // Features come out of a ReLU: many are zero.
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) gram[i * width + j] += value * row[j];
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[j * width + i] = gram[i * width + j];
  const products = targets.map((target) => {
    const sum = new Float64Array(width);
    rows.forEach((row, example) => {
      if (target[example] !== 0) for (let j = 0; j < width; j++) sum[j] += target[example] * row[j];
    });
    return sum;
  });
  const { values, coordinates } = eigenCoordinates(gram, width, products);
  const least = 1e-13 * values.reduce((most, value) => Math.max(most, value), 0);
  const squares = coordinates.map((vector) =>
    vector.map((value, index) => (values[index] > least ? (value * value) / values[index] : 0)),
  );
  return { values: values.map((value) => (value > least ? value : 0)), squares };
}

/**
 * The evidence of one target at its fixed point, in terms of λ = α / β.
 *
 * @param values Eigenvalues σ >= 0.
 * @param squares z², of the target along each of their vectors.
 * @param norm |y|².
 */
function maximumEvidence(values: Float64Array, squares: Float64Array, norm: number, examples: number): number {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const inside = squares.reduce((sum, value) => sum + value, 0);
  const outside = Math.max(0, norm - inside);
  const [low, high] = [1e-12 * largest, 1e12 * largest];
  let lambda = largest === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
  for (let iteration = 0; ; iteration++) {
    let gamma = 0;
    let weights = 0;
    let residual = outside;
    let determinant = 0;
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      const share = 1 / (value + lambda);
      gamma += value * share;
      weights += value * squares[index] * share * share;
      residual += squares[index] * (lambda * share) ** 2;
      determinant += Math.log1p(value / lambda);
    }
    const beta = Math.min((examples - gamma) / residual, 1 / LEAST_NOISE);
    const next = largest === 0 ? lambda : Math.min(high, Math.max(low, gamma / weights / beta));
    const converged = Math.abs(Math.log(next / lambda)) < 1e-13;
    if (converged || iteration === MOST_ITERATIONS) {
      const misfit = beta * (residual + lambda * weights);
      return 0.5 * (examples * Math.log(beta / (2 * Math.PI)) - determinant - misfit);
    }
    lambda = next;
  }
}

function positive(value: number): number {
  return Math.max(0, value);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
