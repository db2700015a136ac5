import type { Distribution } from '../../distributions/distribution.js';
import { cardinality, internalAt, onGrid } from '../../distributions/internal-representation.js';
import type { SearchSpace } from '../../search-space.js';
import type { InternalParams } from '../sampler.js';

/**
 * A search space as rows of numbers: numeric parameters in [0, 1], on the log scale where they are, grid points in the
 * middle of their cell; categorical ones as the index of the choice.
 *
 * @see optuna/_gp/search_space.py, 5.0.0
 */
export class NormalizedSpace {
  readonly names: readonly string[];
  readonly distributions: readonly Distribution[];
  readonly isCategorical: readonly boolean[];
  /** How many values each dimension has; Infinity for a continuous one. */
  readonly cardinalities: readonly number[];
  readonly #scales: readonly (Scale | null)[];

  constructor(space: SearchSpace) {
    this.names = Object.keys(space);
    this.distributions = Object.values(space);
    this.isCategorical = this.distributions.map(({ type }) => type === 'categorical');
    this.cardinalities = this.distributions.map(cardinality);
    this.#scales = this.distributions.map(scaleOf);
  }

  get dimensions(): number {
    return this.names.length;
  }

  /** The row of internal numbers; every name must be there. A number outside its range lands outside [0, 1]. */
  encode(params: InternalParams): Float64Array {
    return Float64Array.from(this.names, (name, dimension) => this.#encodeOne(dimension, params[name]));
  }

  /** The nearest internal numbers that the distributions hold. */
  decode(row: Float64Array): InternalParams {
    return Object.fromEntries(this.names.map((name, dimension) => [name, this.#decodeOne(dimension, row[dimension])]));
  }

  /** Where u in [0, 1) falls in a dimension: u itself, the cell of the grid, or a choice. */
  place(dimension: number, u: number): number {
    const values = this.cardinalities[dimension];
    if (this.isCategorical[dimension]) return Math.min(values - 1, Math.floor(u * values));
    return values === Number.POSITIVE_INFINITY ? u : this.#encodeOne(dimension, this.#decodeOne(dimension, u));
  }

  /** The k-th value of a finite dimension. */
  gridPoint(dimension: number, k: number): number {
    return this.#encodeOne(dimension, internalAt(this.distributions[dimension], k));
  }

  /** Which value of a finite dimension is nearest. */
  gridIndex(dimension: number, value: number): number {
    const distribution = this.distributions[dimension];
    if (distribution.type === 'categorical') return value;
    return Math.round((this.#decodeOne(dimension, value) - distribution.low) / (distribution.step ?? 1));
  }

  #encodeOne(dimension: number, internal: number): number {
    const scale = this.#scales[dimension];
    if (scale === null) return internal;
    if (scale.from === scale.to) return 0.5;
    return ((scale.log ? Math.log(internal) : internal) - scale.from) / (scale.to - scale.from);
  }

  #decodeOne(dimension: number, value: number): number {
    const distribution = this.distributions[dimension];
    const scale = this.#scales[dimension];
    if (scale === null || distribution.type === 'categorical') return value;
    const at = scale.from + value * (scale.to - scale.from);
    return onGrid(distribution, scale.log ? Math.exp(at) : at);
  }
}

interface Scale {
  readonly log: boolean;
  readonly from: number;
  readonly to: number;
}

function scaleOf(distribution: Distribution): Scale | null {
  if (distribution.type === 'categorical') return null;
  const { low, high, log } = distribution;
  const half = 0.5 * (distribution.step ?? 0);
  return log
    ? { log, from: Math.log(low - half), to: Math.log(high + half) }
    : { log, from: low - half, to: high + half };
}
