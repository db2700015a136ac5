/**
 * @file Every combination of a grid once, in a random order. Mirrors optuna/samplers/_grid.py 5.0.0: the trial's number
 * picks the combination, so parallel workers take different ones; finished trials count whatever their state.
 * Differs: the grid follows from the space that is asked for; configurations of enqueued trials count as well; a running
 * or waiting one is never handed out twice, so the grid may be exhausted while trials still run; then it says so instead
 * of repeating one.
 */
import { InvalidInputError } from '#primitives';
import type { Distribution, ParamValue } from '../../distributions/distribution.js';
import { toInternalRepr } from '../../distributions/internal-representation.js';
import { GridExhaustedError } from '../../errors.js';
import type { FrozenTrial } from '../../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../../option-schema.js';
import type { SearchSpace } from '../../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from '../sampler.js';
import { withoutTrial } from '../without-trial.js';
import { type GridAxis, gridAxis } from './grid-axis.js';
import { shuffledPlaces } from './place-order.js';

/** Options of `GridSampler`; ranges, defaults and meanings stand in `gridOptions`. */
export interface GridSamplerOptions {
  readonly pointsPerAxis?: number;
  readonly order?: 'random' | 'sequential';
  /** Parameter name → the values it takes, instead of all of its distribution. */
  readonly points?: Readonly<Record<string, readonly ParamValue[]>>;
}

export const gridOptions = {
  pointsPerAxis: {
    type: 'integer',
    default: 5,
    minimum: 2,
    maximum: 1000,
    description: 'Values of a continuous parameter, equally spaced from end to end (on a log range in the logarithm).',
  },
  order: {
    type: 'enum',
    default: 'random',
    values: ['random', 'sequential'],
    description: 'Order of the combinations: shuffled, or as they are counted, the last parameter by name fastest.',
  },
} as const satisfies OptionSchemas;

/** The sampler; holds options only, so one instance may serve many studies. */
export class GridSampler implements Sampler {
  readonly name = 'grid';
  readonly #options: Required<Pick<GridSamplerOptions, 'pointsPerAxis' | 'order'>>;
  readonly #points: Readonly<Record<string, readonly ParamValue[]>>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor({ points = {}, ...options }: GridSamplerOptions = {}) {
    this.#options = completeOptions(gridOptions, options);
    this.#points = points;
  }

  /**
   * @throws {GridExhaustedError} if every combination has a trial.
   * @throws {RangeError} if a value of `points` is none of its distribution, or the grid has 2⁵³ combinations or more.
   * @throws {InvalidInputError} if the space is conditional: its parts are asked for one by one, a grid knows the whole.
   */
  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    if (context.mayFollow === true) {
      const allowed = 'another one where the search space is conditional';
      throw new InvalidInputError([{ field: 'sampler.name', value: 'grid', allowed }]);
    }
    const axes = this.#axes(space);
    if (axes.length === 0) return {};
    const others = withoutTrial(history, context.trialNumber);
    const size = sizeOf(axes);
    const tried = triedPlaces(axes, space, others, context.fixed ?? {});
    const placeAt = this.#placeAt(size, context);
    // Its own number first, as in Optuna: workers that ask at the same time do not meet.
    const take = (number: number) => {
      if (tried.size >= size) throw new GridExhaustedError();
      for (let position = number % size; ; position = (position + 1) % size) {
        const place = placeAt(position);
        if (!tried.has(place)) return place;
      }
    };
    if (Object.keys(context.fixed ?? {}).length === 0) {
      for (const { number } of pendingTrials(space, others)) if (number < context.trialNumber) tried.add(take(number));
    }
    return configurationAt(axes, take(context.trialNumber));
  }

  /** A value of the parameter's axis: of the trial's combination where `points` says what the grid is, else any. */
  sampleIndependent(context: SamplerContext, _history: TrialHistory, name: string, distribution: Distribution): number {
    const axis = gridAxis(name, distribution, this.#options.pointsPerAxis, this.#points[name]);
    const names = Object.keys(this.#points).sort();
    if (!names.includes(name)) return axis.at(context.rng.fork(`grid:${name}`).integer(0, axis.size));
    const sizes = names.map((other) => this.#points[other].length);
    const size = sizes.reduce((product, count) => product * count, 1);
    const place = this.#placeAt(size, context)(context.trialNumber % size);
    return axis.at(digitsOf(sizes, place)[names.indexOf(name)]);
  }

  isExhausted(history: TrialHistory, space: SearchSpace): boolean {
    const axes = this.#axes(space);
    if (axes.length === 0) return false;
    return triedPlaces(axes, space, history, {}).size + pendingTrials(space, history).length >= sizeOf(axes);
  }

  #axes(space: SearchSpace): NamedAxis[] {
    return Object.keys(space)
      .sort()
      .map((name) => ({
        name,
        axis: gridAxis(name, space[name], this.#options.pointsPerAxis, this.#points[name]),
      }));
  }

  #placeAt(size: number, context: SamplerContext): (position: number) => number {
    if (this.#options.order === 'sequential') return (position) => position;
    return shuffledPlaces(size, context.studyRng.fork('grid'));
  }
}

interface NamedAxis {
  readonly name: string;
  readonly axis: GridAxis;
}

function sizeOf(axes: readonly NamedAxis[]): number {
  const size = axes.reduce((product, { axis }) => product * axis.size, 1);
  if (size < 2 ** 53) return size;
  throw new RangeError(`The grid has ${size} combinations, must have fewer than 2^53: fewer points or parameters`);
}

/** The combinations that trials have, of those that agree with what is decided already. */
function triedPlaces(
  axes: readonly NamedAxis[],
  space: SearchSpace,
  history: TrialHistory,
  fixed: InternalParams,
): Set<number> {
  const tried = new Set<number>();
  for (const trial of history) {
    if (trial.state === 'FAIL' && trial.attempt === 0) continue; // cancelled before it began
    if ((trial.weight ?? 1) < 1) continue; // tried in an earlier study, not in this one
    const params = paramsOf(trial, space);
    if (Object.entries(fixed).some(([name, value]) => params[name] !== value)) continue;
    let place = 0;
    for (const { name, axis } of axes) {
      const index = params[name] === undefined ? -1 : axis.indexOf(params[name]);
      place = index < 0 ? Number.NaN : place * axis.size + index;
    }
    if (!Number.isNaN(place)) tried.add(place);
  }
  return tried;
}

/** Trials whose asker is about to take a combination, at the same moment as this one. */
function pendingTrials(space: SearchSpace, history: TrialHistory): TrialHistory {
  const names = Object.keys(space);
  return history.filter(
    ({ state, internalParams }) => state === 'RUNNING' && names.every((name) => internalParams[name] === undefined),
  );
}

/** What a trial has, and what a queued one will have. */
function paramsOf(trial: FrozenTrial, space: SearchSpace): InternalParams {
  const queued = trial.systemAttrs.fixed_params as Readonly<Record<string, ParamValue>> | undefined;
  if (trial.state !== 'WAITING' || queued === undefined) return trial.internalParams;
  const params: Record<string, number> = { ...trial.internalParams };
  for (const [name, value] of Object.entries(queued)) {
    if (space[name] === undefined || params[name] !== undefined) continue;
    try {
      params[name] = toInternalRepr(space[name], value, name);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // it is reported when the trial is claimed
    }
  }
  return params;
}

function configurationAt(axes: readonly NamedAxis[], place: number): InternalParams {
  const digits = digitsOf(
    axes.map(({ axis }) => axis.size),
    place,
  );
  return Object.fromEntries(axes.map(({ name, axis }, position) => [name, axis.at(digits[position])]));
}

/** A place as one index per axis, the last one fastest. */
function digitsOf(sizes: readonly number[], place: number): number[] {
  const digits = new Array<number>(sizes.length);
  let rest = place;
  for (let position = sizes.length - 1; position >= 0; position--) {
    digits[position] = rest % sizes[position];
    rest = Math.floor(rest / sizes[position]);
  }
  return digits;
}
